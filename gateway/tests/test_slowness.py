"""Clients that take their time."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .issuer import Issuer
from .traefik import Traefik, copied, environment

HEADERS = 30.0  # seconds that a client has for them
WRITTEN = "slowestHeaders = 30 * time.Second"


@pytest.fixture
def hasty(services: dict[str, str], tmp_path: Path) -> Iterator[Traefik]:
    """A gateway that waits for headers a second instead of HEADERS; for bodies it waits as long as ever."""
    program = copied(tmp_path)
    patience = program / "plugins-local/src/edge/patience.go"
    source = patience.read_text()
    assert WRITTEN in source
    patience.write_text(source.replace(WRITTEN, "slowestHeaders = time.Second"))
    traefik = Traefik(tmp_path, environment(services), program=program)
    yield traefik
    traefik.stop()


def endless(gateway: Traefik, patience: float) -> bytes:
    """What comes of headers that do not end, within ``patience`` seconds: nothing but the end of the connection."""
    with socket.create_connection(("127.0.0.1", gateway.port), patience) as connection:
        connection.sendall(b"GET /api/v1/project/ HTTP/1.1\r\nHost: shop\r\nX-Slow: ")
        return connection.recv(1000)


def test_headers_have_a_time_of_their_own(hasty: Traefik) -> None:
    assert endless(hasty, 20) == b""


@pytest.mark.soak
@pytest.mark.timeout(120)
def test_headers_that_do_not_end_are_given_up(gateway: Traefik) -> None:
    began = time.monotonic()
    assert endless(gateway, 2 * HEADERS) == b""
    assert time.monotonic() - began < 1.2 * HEADERS


@pytest.mark.soak
@pytest.mark.timeout(120)
def test_body_may_take_longer(gateway: Traefik, issuer: Issuer) -> None:
    def slow() -> Iterator[bytes]:
        yield b"{"
        time.sleep(1.1 * HEADERS)
        yield b"}"

    assert gateway.send("POST", "/api/v1/project/", issuer.bearer(), body=slow()).seen.length == 2
