"""Answers that come piece by piece."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .traefik import Traefik, environment
from .upstream import Echo


@contextmanager
def begun(gateway: Traefik, echo: Echo, kind: str = "pieces") -> Iterator[http.client.HTTPResponse]:
    """An answer whose first piece has arrived; the second waits to be released, unless ``kind`` says otherwise."""
    echo.release.clear()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("GET", f"/api/v1/project/?answer={kind}")
    answer = connection.getresponse()
    assert answer.read1() == b"first"
    yield answer
    connection.close()


def test_first_piece_arrives_before_the_last_is_made(gateway: Traefik, echo: Echo) -> None:
    with begun(gateway, echo) as answer:
        echo.release.set()
        assert answer.read() == b"second"


def test_answer_that_breaks_off_is_not_shown_as_whole(gateway: Traefik, echo: Echo) -> None:
    with begun(gateway, echo, "broken") as answer, pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    assert broken.value.partial == b""


def test_service_learns_that_the_client_has_left(gateway: Traefik, echo: Echo) -> None:
    echo.left.clear()
    with begun(gateway, echo, "endless"):
        pass
    assert echo.left.wait(10)


def test_gateway_that_is_told_to_end_finishes_what_it_has_begun(
    services: dict[str, str], echo: Echo, tmp_path: Path
) -> None:
    gateway = Traefik(tmp_path, environment(services))
    try:
        with begun(gateway, echo) as answer:
            ends = threading.Thread(target=gateway.drain)
            ends.start()
            gateway.wait_until_closed()
            echo.release.set()
            assert answer.read() == b"second"
        ends.join()
    finally:
        gateway.stop()
