"""Forged, spoilt and borrowed tokens: all refused before a service sees them."""

import hashlib
import hmac
import time
from collections.abc import Callable

import pytest

from .issuer import Issuer, encode, part
from .traefik import Traefik

PROTECTED, PUBLIC = "/api/v1/agent-location/", "/api/v1/project/"


def refusal(message: str) -> dict[str, object]:
    return {
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
        "messages": [{"token_class": "AccessToken", "token_type": "access", "message": message}],
    }


def hs256_with_the_public_key(issuer: Issuer) -> str:
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{part(issuer.claims())}"
    return f"{signed}.{encode(hmac.digest(issuer.public(), signed.encode(), hashlib.sha256))}"


def unsigned(issuer: Issuer) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'first'})}.{part(issuer.claims())}."


def with_other_claims(issuer: Issuer) -> str:
    header, _, signature = issuer.token().split(".")
    return f"{header}.{part(issuer.claims(role='admin', user_id='2'))}.{signature}"


def with_its_last_character_changed(issuer: Issuer) -> str:
    """64 bytes leave four bits of the last character unused: a lax decoder would not notice this change."""
    token = issuer.token()
    return token[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[token[-1]]


FORGED: dict[str, Callable[[Issuer], str]] = {
    "none": unsigned,
    "none, signed": lambda issuer: issuer.token({"alg": "none"}),
    "hs256": hs256_with_the_public_key,
    "alg in lower case": lambda issuer: issuer.token({"alg": "eddsa"}),
    "alg missing": lambda issuer: issuer.token({"alg": None}),
    "alg under another name": lambda issuer: issuer.token({"alg": None, "ALG": "EdDSA"}),
    "unknown crit": lambda issuer: issuer.token({"crit": ["exp", "b64"]}),
    "empty crit": lambda issuer: issuer.token({"crit": []}),
    "typ wrong": lambda issuer: issuer.token({"typ": "at+jwt"}),
    "typ missing": lambda issuer: issuer.token({"typ": None}),
    "kid missing": lambda issuer: issuer.token({"kid": None}),
    "kid unknown": lambda issuer: issuer.token({"kid": "nobody"}),
    "kid a path": lambda issuer: issuer.token({"kid": "../../../../dev/null"}),
    "kid a number": lambda issuer: issuer.token({"kid": 1}),
    "iss wrong": lambda issuer: issuer.token(iss="ecatalog2"),
    "iss part of ours": lambda issuer: issuer.token(iss="ecat"),
    "iss a list": lambda issuer: issuer.token(iss=["ecatalog"]),
    "iss missing": lambda issuer: issuer.token(iss=None),
    "aud wrong": lambda issuer: issuer.token(aud="somebody"),
    "aud missing": lambda issuer: issuer.token(aud=None),
    "exp missing": lambda issuer: issuer.token(exp=None),
    "exp a text": lambda issuer: issuer.token(exp="2999-01-01"),
    "other claims": with_other_claims,
    "last character": with_its_last_character_changed,
    "foreign key": lambda _: Issuer().token(),
    "oversized": lambda issuer: issuer.token(regions=["R" * 50] * 200),
    "two parts": lambda issuer: issuer.token().rpartition(".")[0],
    "four parts": lambda issuer: issuer.token() + ".e30",
    "padded": lambda issuer: issuer.token() + "==",
    "garbage": lambda _: "garbage",
    "dots": lambda _: "..",
}


@pytest.mark.parametrize("path", [PROTECTED, PUBLIC])
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_forged_token_401(gateway: Traefik, issuer: Issuer, forge: Callable[[Issuer], str], path: str) -> None:
    answer = gateway.get(path, ("Authorization", f"Bearer {forge(issuer)}"))
    assert answer.status == 401
    assert answer.json == refusal("Token is invalid")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", [PROTECTED, PUBLIC])
def test_expired_token_401(gateway: Traefik, issuer: Issuer, path: str) -> None:
    answer = gateway.get(path, issuer.bearer(exp=int(time.time()) - 60))
    assert answer.status == 401
    assert answer.json == refusal("Token is expired")


def test_token_expired_within_the_leeway_passes(gateway: Traefik, issuer: Issuer) -> None:
    assert gateway.get(PROTECTED, issuer.bearer(exp=int(time.time()) - 1)).status == 200


@pytest.mark.parametrize("kind", ["refresh", "", None])
def test_token_of_another_type_401(gateway: Traefik, issuer: Issuer, kind: str | None) -> None:
    answer = gateway.get(PROTECTED, issuer.bearer(token_type=kind))
    assert answer.status == 401
    assert answer.json == refusal("Token has wrong type")


def test_good_token_reaches_the_service_unchanged(gateway: Traefik, issuer: Issuer) -> None:
    name, value = issuer.bearer()
    for _ in range(2):  # checked, then remembered
        assert gateway.get(PROTECTED, (name, value)).seen.values("authorization") == [value]


def test_remembered_token_is_refused_once_it_expires(gateway: Traefik, issuer: Issuer) -> None:
    short = issuer.bearer(exp=time.time() - 4)  # the leeway is 5 s
    assert gateway.get(PROTECTED, short).status == 200
    statuses = {gateway.get(PROTECTED, short).status}
    deadline = time.monotonic() + 30
    while 401 not in statuses and time.monotonic() < deadline:
        statuses.add(gateway.get(PROTECTED, short).status)
    assert statuses == {200, 401}


def test_token_without_a_user_is_left_to_the_service(gateway: Traefik, issuer: Issuer) -> None:
    assert gateway.get(PROTECTED, issuer.bearer(user_id=None)).status == 200
