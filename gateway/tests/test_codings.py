"""Answers are packed for clients that say so; a packed one has a tag of its own, as good as that of the plain one."""

import gzip
import http.client
from typing import Any

import pytest

from .client import Answer
from .issuer import Issuer
from .traefik import Traefik
from .upstream import TAG, Echo

ZSTD = b"\x28\xb5\x2f\xfd"
LARGE = "/api/v1/project/?sized=5000,application/json"


def tag(coding: str) -> str:
    return f'{TAG[:-1]}-{coding}"'


def asked(gateway: Traefik, path: str, accepted: str | None, *headers: tuple[str, str], **more: Any) -> Answer:
    """The answer to a client that accepts these codings, None for one that says nothing."""
    own = [] if accepted is None else [("Accept-Encoding", accepted)]
    return gateway.send(more.pop("method", "GET"), path, *own, *headers, **more)


def vary(answer: Answer) -> list[str]:
    return sorted(", ".join(answer.headers.get_all("Vary", [])).split(", "))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("br", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, zstd;q=0.5", "gzip"),
        ("zstd;q=0.9, gzip;q=0.8", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.000, zstd; q=0", None),
        ("*", "zstd"),
        ("*;q=0", None),
        ("*;q=0, gzip", "gzip"),
        ("zstd;q=0, *", "gzip"),
        ("identity;q=1, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=1", "gzip"),
        ("identity;q=0", None),
        ("gzip;q=x", None),
        ("gzip;q=7", None),
        (", ,;,gzip", "gzip"),
    ],
)
def test_client_gets_the_coding_it_likes_best(gateway: Traefik, accepted: str | None, coding: str | None) -> None:
    for _ in range(2):  # the second time, the choice is remembered
        answer = asked(gateway, LARGE, accepted)
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, coding)
        assert answer.headers["ETag"] == (tag(coding) if coding else TAG)
        assert vary(answer) == ["Accept-Encoding", "Origin"]
        if coding == "gzip":
            assert gzip.decompress(answer.body) == b"7" * 5000
        elif coding == "zstd":
            assert (answer.body[:4], len(answer.body) < 500) == (ZSTD, True)
        else:
            assert answer.body == b"7" * 5000


@pytest.mark.parametrize(
    ("size", "kind", "packed"),
    [
        (1023, "application/json", False),
        (1024, "application/json", True),
        (5000, "application/geo+json", True),
        (5000, "text/html; charset=utf-8", True),
        (5000, "application/vnd.oai.openapi; charset=utf-8", True),
        (5000, "text/event-stream", False),
        (5000, "image/jpeg", False),
        (5000, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
    ],
)
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_large_and_not_packed_yet_is_packed(
    gateway: Traefik, size: int, kind: str, packed: bool, coding: str, method: str
) -> None:
    answer = asked(gateway, f"/api/v1/project/?sized={size},{kind.replace(' ', '')}", coding, method=method)
    assert answer.headers["Content-Encoding"] == (coding if packed else None)
    assert answer.headers["ETag"] == (tag(coding) if packed else TAG)
    assert answer.headers["Content-Length"] in ({None, str(len(answer.body))} if packed else {str(size)})
    assert vary(answer) == ["Accept-Encoding", "Origin"]


@pytest.mark.parametrize("accepted", [None, "gzip", "zstd"])
@pytest.mark.parametrize("known", [TAG, tag("gzip"), tag("zstd"), f"W/{tag('gzip')}", f'"other", {tag("zstd")}'])
def test_tag_of_any_coding_is_known_again(gateway: Traefik, accepted: str | None, known: str) -> None:
    answer = asked(gateway, LARGE, accepted, ("If-None-Match", known))
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] in known
    assert answer.headers["Content-Encoding"] is None
    assert vary(answer) == ["Accept-Encoding", "Origin"]


@pytest.mark.parametrize("expected", [TAG, tag("gzip"), tag("zstd")])
def test_change_that_expects_a_packed_answer_is_made(gateway: Traefik, issuer: Issuer, expected: str) -> None:
    path = "/api/v1/project/?sized=10,application/json"
    assert asked(gateway, path, "gzip", issuer.bearer(), ("If-Match", expected), method="PATCH").status == 200
    other = ("If-Match", expected.replace("0", "1"))
    assert asked(gateway, path, "gzip", issuer.bearer(), other, method="PATCH").status == 412


def test_tag_that_only_looks_packed_is_not_touched(gateway: Traefik) -> None:
    seen = gateway.get("/api/v1/project/", ("If-None-Match", '"a-gzip-b"')).seen
    assert seen.values("if-none-match") == ['"a-gzip-b"']


def test_part_of_an_answer_is_not_packed(gateway: Traefik) -> None:
    assert asked(gateway, LARGE, "gzip", ("Range", "bytes=0-9")).headers["Content-Encoding"] is None


@pytest.mark.parametrize("path", ["/api/token/", "/api/token/refresh/"])
def test_secrets_are_not_packed_beside_what_a_client_sent(gateway: Traefik, path: str) -> None:
    answer = asked(gateway, f"{path}?sized=5000,application/json", "gzip, zstd", method="POST")
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, None)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_stream_of_positions_is_not_held_back(gateway: Traefik, issuer: Issuer, coding: str) -> None:
    for _ in range(2):  # the second time, path and token are remembered
        path = "/api/v1/agent-location/stream/?sized=5000,application/json"
        assert asked(gateway, path, coding, issuer.bearer()).headers["Content-Encoding"] is None


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_pieces_arrive_as_they_are_made(gateway: Traefik, echo: Echo, coding: str) -> None:
    echo.release.clear()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.request("GET", "/api/v1/project/?answer=pieces", headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    first = answer.read1()
    assert first
    echo.release.set()
    assert answer.read()
    connection.close()
