"""Forged, expired and misused tokens are refused."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ecatalog.core.errors import AuthenticationFailed, Unavailable
from ecatalog.security.tokens import KeySet, TokenVerifier, bearer_token
from ecatalog.testing.tokens import KID, TokenFactory

Forge = Callable[[TokenFactory], str]


def encode(part: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")


def signed(header: dict[str, Any] | None = None, drop: str = "", **claims: Any) -> Forge:
    def make(tokens: TokenFactory) -> str:
        payload = {name: value for name, value in (tokens.claims() | claims).items() if name != drop}
        return jwt.encode(payload, tokens.key, "EdDSA", headers={"kid": KID} | (header or {}))

    return make


def unsigned(tokens: TokenFactory) -> str:
    return (encode({"alg": "none", "typ": "JWT", "kid": KID}) + b"." + encode(tokens.claims()) + b".").decode()


def signed_with_public_key(tokens: TokenFactory) -> str:
    public = tokens.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = encode({"alg": "HS256", "typ": "JWT", "kid": KID}) + b"." + encode(tokens.claims())
    signature = base64.urlsafe_b64encode(hmac.new(public, body, hashlib.sha256).digest()).rstrip(b"=")
    return (body + b"." + signature).decode()


def by_a_stranger(tokens: TokenFactory) -> str:
    return jwt.encode(tokens.claims(), Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": KID})


def tampered(tokens: TokenFactory) -> str:
    head, _, signature = tokens.access().split(".")
    return ".".join((head, encode(tokens.claims(role="admin", user_id=2)).decode(), signature))


FORGED: dict[str, tuple[Forge, str]] = {
    "no algorithm": (unsigned, "Token is invalid"),
    "HS256 with the public key": (signed_with_public_key, "Token is invalid"),
    "another key": (by_a_stranger, "Token is invalid"),
    "tampered claims": (tampered, "Token is invalid"),
    "unknown crit": (signed({"crit": ["x-unknown"], "x-unknown": 1}), "Token is invalid"),
    "unknown kid": (signed({"kid": "other"}), "Token is invalid"),
    "kid with a path": (signed({"kid": "../../etc/passwd"}), "Token is invalid"),
    "kid that is no text": (signed({"kid": ""}), "Token is invalid"),
    "wrong typ": (signed({"typ": "secevent+jwt"}), "Token is invalid"),
    "wrong issuer": (signed(iss="somebody"), "Token is invalid"),
    "issuer that is part of ours": (signed(iss="ecat"), "Token is invalid"),
    "missing issuer": (signed(drop="iss"), "Token is invalid"),
    "wrong audience": (signed(aud="somebody"), "Token is invalid"),
    "missing audience": (signed(drop="aud"), "Token is invalid"),
    "missing expiry": (signed(drop="exp"), "Token is invalid"),
    "missing type": (signed(drop="token_type"), "Token is invalid"),
    "user that is no number": (signed(user_id="root"), "Token is invalid"),
    "not yet valid": (signed(nbf=int(time.time()) + 600), "Token is invalid"),
    "expired": (signed(exp=int(time.time()) - 1), "Token is expired"),
    "refresh used as access": (signed(token_type="refresh"), "Token has wrong type"),
    "oversized": (signed(padding="x" * 9000), "Token is invalid"),
    "not a token": (lambda _: "abc", "Token is invalid"),
    "two parts": (lambda _: "a.b", "Token is invalid"),
    "not base64": (lambda _: "?.?.?", "Token is invalid"),
}


@pytest.fixture
def verifier(tokens: TokenFactory) -> TokenVerifier:
    async def load() -> Any:
        return tokens.jwks

    return TokenVerifier(KeySet(load))


@pytest.mark.parametrize("case", FORGED)
async def test_forged_token_is_refused_the_second_time_too(
    case: str, tokens: TokenFactory, verifier: TokenVerifier
) -> None:
    forge, message = FORGED[case]
    token = forge(tokens)
    for _ in range(2):
        with pytest.raises(AuthenticationFailed) as refused:
            await verifier.verify(token)
        assert refused.value.body["messages"][0]["message"] == message


async def test_our_algorithm_alone_counts_whatever_the_key_is(tokens: TokenFactory) -> None:
    """The kind of the key refuses other algorithms too; here it would not."""
    secret = "x" * 64

    class Symmetric(KeySet):
        async def get(self, _: str) -> Any:
            return secret

    async def load() -> Any:
        return tokens.jwks

    token = jwt.encode(tokens.claims(), secret, "HS256", headers={"kid": KID})
    with pytest.raises(AuthenticationFailed):
        await TokenVerifier(Symmetric(load)).verify(token)


async def test_good_token_gives_its_claims(tokens: TokenFactory, verifier: TokenVerifier) -> None:
    token = tokens.access(12, "agent", regions=("R1", "R2"), agent_code="AG-1")
    claims = await verifier.verify(token)
    assert (claims.user_id, claims.role, claims.regions, claims.agent_code) == (12, "agent", ("R1", "R2"), "AG-1")


async def test_remembered_token_ends_at_its_expiry(
    tokens: TokenFactory, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens.access()
    await verifier.verify(token)
    late = time.time() + 3601
    monkeypatch.setattr("ecatalog.security.tokens.time.time", lambda: late)
    with pytest.raises(AuthenticationFailed) as refused:
        await verifier.verify(token)
    assert refused.value.body["messages"][0]["message"] == "Token is expired"


async def test_token_of_a_clock_that_is_ahead_is_accepted(tokens: TokenFactory, verifier: TokenVerifier) -> None:
    ahead = int(time.time()) + 30
    claims = await verifier.verify(signed(iat=ahead)(tokens))
    assert claims.issued_at == ahead


async def test_issue_time_that_is_no_number_is_refused(tokens: TokenFactory, verifier: TokenVerifier) -> None:
    with pytest.raises(AuthenticationFailed):
        await verifier.verify(signed(iat="yesterday")(tokens))


async def test_reading_takes_either_type(tokens: TokenFactory, verifier: TokenVerifier) -> None:
    claims = await verifier.read(signed(token_type="refresh")(tokens))
    assert claims.token_type == "refresh"


async def test_unknown_key_asks_auth_at_most_once_in_five_seconds(tokens: TokenFactory) -> None:
    asked = 0

    async def load() -> Any:
        nonlocal asked
        asked += 1
        return tokens.jwks

    verifier = TokenVerifier(KeySet(load))
    for number in range(5):
        with pytest.raises(AuthenticationFailed):
            await verifier.verify(signed({"kid": f"unknown-{number}"})(tokens))
    assert asked == 1


async def test_all_who_come_before_the_keys_wait_for_them(tokens: TokenFactory) -> None:
    answered = asyncio.Event()

    async def load() -> Any:
        await answered.wait()
        return tokens.jwks

    keys = KeySet(load)
    verifier = TokenVerifier(keys)
    refreshing = asyncio.create_task(keys.refresh())
    reading = [asyncio.create_task(verifier.verify(tokens.access())) for _ in range(3)]
    await asyncio.sleep(0)
    answered.set()
    assert {claims.token_type for claims in await asyncio.gather(*reading)} == {"access"}
    await refreshing


async def test_good_token_is_not_called_invalid_while_auth_is_away(tokens: TokenFactory) -> None:
    async def load() -> Any:
        raise Unavailable

    with pytest.raises(Unavailable):
        await TokenVerifier(KeySet(load)).verify(tokens.access())


@pytest.mark.parametrize(
    ("header", "token"),
    [(None, None), ("", None), ("Basic abc", None), ("bearer abc", None), ("Token abc", None), ("Bearer abc", "abc")],
)
def test_only_bearer_counts(header: str | None, token: str | None) -> None:
    assert bearer_token(header) == token


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer a b"])
def test_bearer_without_one_token_is_refused(header: str) -> None:
    with pytest.raises(AuthenticationFailed) as refused:
        bearer_token(header)
    assert refused.value.body["code"] == "bad_authorization_header"
