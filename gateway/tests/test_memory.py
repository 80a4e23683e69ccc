"""What clients choose to send does not stay in the gateway's memory."""

import itertools
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .issuer import Issuer
from .traefik import Traefik, environment
from .upstream import Service, brief

REQUESTS = 4_000
AT_ONCE = 20
GROWTH = 20  # megabytes; kept whole, the requests would be 30 to 60
REFUSED_GROWTH = 5  # megabytes; remembered, the refused requests would take 9
PAD = "a" * 15_000

KINDS: dict[str, Callable[[int, Issuer, str], str]] = {
    "paths": lambda number, *_: f"GET /api/v1/project/{number}{PAD}/ HTTP/1.1\r\n",
    "queries": lambda number, *_: f"GET /api/v1/project/{number}/?{PAD} HTTP/1.1\r\n",
    "spellings": lambda number, _, token: (
        f"GET /api/v1/project/ HTTP/1.1\r\nAuthorization: Bearer{' ' * (10_000 + number)}{token}\r\n"
    ),
    "tokens": lambda number, issuer, _: (
        f"GET /api/v1/project/ HTTP/1.1\r\nAuthorization: Bearer {issuer.token(jti=f'{number}{PAD[:5600]}')}\r\n"
    ),
}


@pytest.fixture
def gateway(services: dict[str, str], tmp_path: Path) -> Iterator[Traefik]:
    """Without rates, so that each request is one that may pass; it has little room, as in containers."""
    catalog = Service(brief, http="httptools")
    traefik = Traefik(tmp_path, environment(services | {"catalog": catalog.url}) | {"GOGC": "25"})
    yield traefik
    traefik.stop()
    catalog.stop()


def send_all(gateway: Traefik, requests: Iterator[bytes], status: bytes = b"200") -> None:
    """Send them one behind the other, and read each answer whole."""
    with socket.create_connection(("127.0.0.1", gateway.port), 30) as connection:
        answers = connection.makefile("rb")
        while some := list(itertools.islice(requests, AT_ONCE)):
            connection.sendall(b"".join(some))
            for _ in some:
                assert answers.readline().split()[1] == status
                length = 0
                while (line := answers.readline()) != b"\r\n":
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                answers.read(length)


@pytest.mark.parametrize("kind", KINDS)
def test_what_differs_in_each_request_is_not_kept(gateway: Traefik, issuer: Issuer, kind: str) -> None:
    token = issuer.token()

    def requests(count: int) -> Iterator[bytes]:
        return ((KINDS[kind](number, issuer, token) + "Host: shop\r\n\r\n").encode() for number in range(count))

    send_all(gateway, requests(500))
    before = gateway.megabytes
    send_all(gateway, requests(REQUESTS))
    assert gateway.megabytes - before < GROWTH


@pytest.fixture
def limiting(services: dict[str, str], tmp_path: Path) -> Iterator[Traefik]:
    traefik = Traefik(tmp_path, environment(services, rate_limit_user="1/hour") | {"GOGC": "25"})
    yield traefik
    traefik.stop()


def test_nothing_is_kept_of_what_the_rate_refuses(limiting: Traefik, issuer: Issuer) -> None:
    assert limiting.get("/api/v1/project/", issuer.bearer()).status == 200
    tokens = [KINDS["tokens"](number, issuer, "") + "Host: shop\r\n\r\n" for number in range(2_000)]
    send_all(limiting, (tokens[0].encode() for _ in range(1_000)), b"429")
    before = limiting.megabytes
    send_all(limiting, (token.encode() for token in tokens), b"429")
    assert limiting.megabytes - before < REFUSED_GROWTH
