"""What a proxy before the gateway says of its clients: believed of the proxies that are named, of nobody else."""

from collections.abc import Iterator

import pytest

from .traefik import Traefik, environment

LIST = "/api/v1/project/"
CLAIMS = [
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "shop.example.uz"),
    ("X-Forwarded-For", "203.0.113.7"),
]
NAMES = ("x-forwarded-proto", "x-forwarded-host", "x-real-ip")


@pytest.fixture(scope="module")
def trusting(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traefik]:
    variables = environment(services) | {"TRUSTED_PROXIES": "192.0.2.0/24, 127.0.0.1"}
    traefik = Traefik(tmp_path_factory.mktemp("trusting"), variables, trusting=True)
    yield traefik
    traefik.stop()


def told(gateway: Traefik) -> dict[str, list[str]]:
    """What a service learns of the client."""
    seen = gateway.get(LIST, *CLAIMS).seen
    return {name: seen.values(name) for name in NAMES}


def test_service_learns_what_a_trusted_proxy_says(trusting: Traefik) -> None:
    for _ in range(2):  # the second time, the path is remembered
        assert told(trusting) == {
            "x-forwarded-proto": ["https"], "x-forwarded-host": ["shop.example.uz"], "x-real-ip": ["203.0.113.7"],
        }  # fmt: skip


def test_service_learns_nothing_that_anybody_else_claims(gateway: Traefik) -> None:
    own = f"127.0.0.1:{gateway.port}"
    for _ in range(2):
        assert told(gateway) == {
            "x-forwarded-proto": ["http"], "x-forwarded-host": [own], "x-real-ip": ["127.0.0.1"],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("for=203.0.113.7;proto=https;host=shop.example.uz", "203.0.113.7"),
        ('For="203.0.113.7:4711"; Proto=https; Host="shop.example.uz"', "203.0.113.7"),
        ('for=198.51.100.1;proto=http, for="[2001:db8::7]:80";proto=https;host=shop.example.uz', "2001:db8::7"),
        ('for="[2001:db8::7]";proto=https;host=shop.example.uz', "2001:db8::7"),
        ("for=_hidden;proto=https;host=shop.example.uz", "127.0.0.1"),
    ],
)
def test_trusted_proxy_may_say_it_as_rfc_7239_has_it(trusting: Traefik, said: str, client: str) -> None:
    seen = trusting.get(LIST, ("Forwarded", said)).seen
    assert {name: seen.values(name) for name in NAMES} == {
        "x-forwarded-proto": ["https"], "x-forwarded-host": ["shop.example.uz"], "x-real-ip": [client],
    }  # fmt: skip


def test_nobody_else_may(gateway: Traefik, trusting: Traefik) -> None:
    said = ("Forwarded", "for=203.0.113.7;proto=https;host=shop.example.uz")
    for seen in (gateway.get(LIST, said).seen, trusting.get(LIST, said, address="127.0.0.2").seen):
        assert seen.values("x-forwarded-proto") == ["http"]
        assert seen.values("x-real-ip")[0].startswith("127.0.0.")
