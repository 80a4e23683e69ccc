"""Clients that take their time."""

import socket
import time
from collections.abc import Iterator

import pytest

from .issuer import Issuer
from .traefik import Traefik

HEADERS = 30.0  # seconds that a client has for them

pytestmark = [pytest.mark.soak, pytest.mark.timeout(120)]


def test_headers_that_do_not_end_are_given_up(gateway: Traefik) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), 2 * HEADERS) as connection:
        connection.sendall(b"GET /api/v1/project/ HTTP/1.1\r\nHost: shop\r\nX-Slow: ")
        began = time.monotonic()
        assert connection.recv(1000) == b""
        assert time.monotonic() - began < 1.2 * HEADERS


def test_body_may_take_longer(gateway: Traefik, issuer: Issuer) -> None:
    def slow() -> Iterator[bytes]:
        yield b"{"
        time.sleep(1.1 * HEADERS)
        yield b"}"

    assert gateway.send("POST", "/api/v1/project/", issuer.bearer(), body=slow()).seen.length == 2
