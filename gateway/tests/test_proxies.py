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
    traefik = Traefik(tmp_path_factory.mktemp("trusting"), environment(services), trusting=True)
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
