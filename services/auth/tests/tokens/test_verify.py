"""Verifying a token, and every forged one."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from auth.keys.service import Keyring
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from ecatalog.core.ids import uuid7
from fastapi import FastAPI

from ..builders import Api

Forge = Callable[["Forger"], str]


class Forger:
    """Holds a real token and the key that signed it: the worst that can be forged with."""

    def __init__(self, token: str, key: Ed25519PrivateKey) -> None:
        self.token = token
        self.header = jwt.get_unverified_header(token)
        self.claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        self.key = key

    def sign(self, claims: dict[str, Any], header: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, "EdDSA", headers=header)


def part(content: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")


def changed(header: dict[str, Any] | None = None, drop: str = "", **claims: Any) -> Forge:
    def make(forger: Forger) -> str:
        content = {name: value for name, value in (forger.claims | claims).items() if name != drop}
        return forger.sign(content, forger.header | (header or {}))

    return make


def unsigned(forger: Forger) -> str:
    return (part(forger.header | {"alg": "none"}) + b"." + part(forger.claims) + b".").decode()


def by_the_public_key(forger: Forger) -> str:
    public = forger.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = part(forger.header | {"alg": "HS256"}) + b"." + part(forger.claims)
    return (body + b"." + base64.urlsafe_b64encode(hmac.digest(public, body, hashlib.sha256)).rstrip(b"=")).decode()


def by_a_stranger(forger: Forger) -> str:
    return jwt.encode(forger.claims, Ed25519PrivateKey.generate(), "EdDSA", headers=forger.header)


def tampered(forger: Forger) -> str:
    head, _, signature = forger.token.split(".")
    return ".".join((head, part(forger.claims | {"user_id": "2"}).decode(), signature))


INVALID, EXPIRED, WRONG_TYPE = "Token is invalid", "Token is expired", "Token has wrong type"
FORGED: dict[str, tuple[Forge, str]] = {
    "no algorithm": (unsigned, INVALID),
    "HS256 with the public key": (by_the_public_key, INVALID),
    "another key": (by_a_stranger, INVALID),
    "tampered claims": (tampered, INVALID),
    "unknown crit": (changed({"crit": ["x-unknown"], "x-unknown": 1}), INVALID),
    "unknown kid": (changed({"kid": "other"}), INVALID),
    "kid with a path": (changed({"kid": "../../etc/passwd"}), INVALID),
    "wrong typ": (changed({"typ": "secevent+jwt"}), INVALID),
    "wrong issuer": (changed(iss="somebody"), INVALID),
    "part of the issuer": (changed(iss="ecat"), INVALID),
    "missing issuer": (changed(drop="iss"), INVALID),
    "wrong audience": (changed(aud="somebody"), INVALID),
    "missing audience": (changed(drop="aud"), INVALID),
    "missing expiry": (changed(drop="exp"), INVALID),
    "missing type": (changed(drop="token_type"), INVALID),
    "another type": (changed(token_type="sliding"), WRONG_TYPE),
    "missing jti": (changed(drop="jti"), INVALID),
    "expired": (changed(exp=int(time.time()) - 1), EXPIRED),
    "not a token": (lambda _: "abc", INVALID),
    "oversized": (changed(padding="x" * 9000), INVALID),
}
SIGNED_BUT_FOR_NOBODY: dict[str, Forge] = {
    "no user": changed(drop="user_id"),
    "another user": changed(user_id="999999"),
    "no session": changed(drop="sid"),
    "an unknown session": changed(sid=uuid7().hex),
    "a session that is no id": changed(sid="everyone"),
}


@pytest.fixture
async def forger(api: Api, app: FastAPI) -> Forger:
    token = (await api.sign_in("root"))["access"]
    return Forger(token, await private_key(app, token))


async def private_key(app: FastAPI, token: str) -> Ed25519PrivateKey:
    keyring: Keyring = app.state.keyring
    pem = await keyring.export_private_pem(jwt.get_unverified_header(token)["kid"])
    assert pem is not None
    key = load_pem_private_key(pem, None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def refused(answer: httpx.Response, message: str) -> bool:
    return (answer.status_code, answer.json()) == (401, {"detail": message, "code": "token_not_valid"})


async def test_forger_can_sign_what_is_accepted(api: Api, forger: Forger) -> None:
    """Else the refusals below would prove nothing."""
    assert (await api.verify(changed(jti=uuid7().hex)(forger))).status_code == 200


@pytest.mark.parametrize("case", FORGED)
async def test_forged_token_is_refused_in_a_body_and_in_a_header(api: Api, forger: Forger, case: str) -> None:
    forge, message = FORGED[case]
    token = forge(forger)
    assert refused(await api.verify(token), message)
    answer = await api.client.get("/api/v1/users/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.json()["messages"] == [{"token_class": "AccessToken", "token_type": "access", "message": message}]


@pytest.mark.parametrize("case", SIGNED_BUT_FOR_NOBODY)
async def test_signed_token_without_a_live_session_is_refused(api: Api, forger: Forger, case: str) -> None:
    assert refused(await api.verify(SIGNED_BUT_FOR_NOBODY[case](forger)), INVALID)


async def test_forged_refresh_token_is_refused(api: Api, app: FastAPI) -> None:
    token = (await api.sign_in("root"))["refresh"]
    forger = Forger(token, await private_key(app, token))
    for case, (forge, message) in FORGED.items():
        assert refused(await api.refresh(forge(forger)), message), case
    for case, nobody in SIGNED_BUT_FOR_NOBODY.items():
        assert refused(await api.refresh(nobody(forger)), INVALID), case
    assert (await api.refresh(token)).status_code == 200


@pytest.mark.parametrize("kind", ["access", "refresh"])
async def test_good_token_gives_an_empty_object(api: Api, kind: str) -> None:
    answer = await api.verify((await api.sign_in("root"))[kind])
    assert (answer.status_code, answer.json()) == (200, {})


async def test_used_refresh_token_is_refused_and_the_session_goes_on(api: Api) -> None:
    pair = await api.sign_in("root")
    following = (await api.refresh(pair["refresh"])).json()
    assert refused(await api.verify(pair["refresh"]), INVALID)
    assert (await api.verify(following["refresh"])).status_code == 200
    assert (await api.verify(pair["access"])).status_code == 200


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "a-new-password"}])
async def test_tokens_of_a_changed_user_are_refused(api: Api, change: dict[str, Any]) -> None:
    user = await api.user()
    pair = await api.sign_in("anna")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", change)
    assert refused(await api.verify(pair["access"]), INVALID)
    assert refused(await api.verify(pair["refresh"]), INVALID)


async def test_new_role_leaves_the_tokens_good(api: Api) -> None:
    user = await api.user()
    pair = await api.sign_in("anna")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"role": "reader"})
    assert (await api.verify(pair["access"])).status_code == 200


async def test_missing_token_is_a_field_error(api: Api) -> None:
    answer = await api.client.post("/api/token/verify/", json={})
    assert (answer.status_code, answer.json()) == (400, {"token": ["This field is required."]})


async def test_get_is_not_allowed(api: Api) -> None:
    answer = await api.client.get("/api/token/verify/")
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "GET" not allowed.'})
