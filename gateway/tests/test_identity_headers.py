"""Headers by which a client would say who it is."""

import pytest

from .issuer import Issuer
from .traefik import Traefik

NAMES = [
    "X-User-Id", "X-User", "X-User-Role", "X-User-Regions", "X-Role", "X-Roles", "X-Regions", "X-Agent-Code", "X-Sid",
    "X-Auth-User", "X-Auth-Request-User", "X-Authenticated-User", "X-Remote-User", "Remote-User", "X-Forwarded-User",
    "X-Internal-Secret", "X-Original-Url", "X-Rewrite-Url", "X-Http-Method-Override",
]  # fmt: skip
FOREIGN = "evil"


def spellings(name: str) -> dict[str, list[tuple[str, str]]]:
    return {
        "dash": [(name, FOREIGN)],
        "underscore": [(name.replace("-", "_"), FOREIGN)],
        "one underscore": [(name.replace("-", "_", 1), FOREIGN)],
        "dot": [(name.replace("-", "."), FOREIGN)],
        "lower case": [(name.lower(), FOREIGN)],
        "upper case": [(name.upper(), FOREIGN)],
        "mixed case": [("".join(c.upper() if i % 2 else c.lower() for i, c in enumerate(name)), FOREIGN)],
        "doubled": [(name, FOREIGN), (name, FOREIGN)],
        "both": [(name, FOREIGN), (name.replace("-", "_"), FOREIGN)],
        "named in Connection": [("Connection", f"close, {name}"), (name, FOREIGN)],
    }


@pytest.mark.parametrize("name", NAMES)
def test_identity_header_never_reaches_a_service(gateway: Traefik, issuer: Issuer, name: str) -> None:
    for spelling, headers in spellings(name).items():
        for credentials in ([], [issuer.bearer()]):
            seen = gateway.get("/api/v1/project/", *headers, *credentials).seen
            assert FOREIGN not in [value for _, value in seen.headers], spelling


@pytest.mark.parametrize(
    "name", ["X-Request-ID", "X-Real-Ip", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"]
)
def test_connection_header_takes_nothing_of_ours_away(gateway: Traefik, issuer: Issuer, name: str) -> None:
    headers = [("Connection", f"keep-alive, {name}"), issuer.bearer()]
    assert gateway.get("/api/v1/client/", *headers).seen.values(name.lower())


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix",
             "X-Forwarded-Server", "X-Real-Ip", "X-Forwarded-Uri", "X-Forwarded-Method"]
)  # fmt: skip
def test_forwarding_headers_are_the_gateways_own(gateway: Traefik, name: str) -> None:
    seen = gateway.get("/api/v1/project/", (name, FOREIGN), (name.replace("-", "_"), FOREIGN)).seen
    assert FOREIGN not in [value for _, value in seen.headers]


def test_headers_of_the_access_log_stay_inside(gateway: Traefik, issuer: Issuer) -> None:
    seen = gateway.get("/api/v1/client/", ("Id", FOREIGN), ("User", FOREIGN), issuer.bearer()).seen
    assert seen.values("user") == []
    assert "1" not in [value for _, value in seen.headers]
