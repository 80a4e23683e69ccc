"""Bodies that are too large, announced and not."""

from collections.abc import Iterator

import pytest

from .issuer import Issuer
from .traefik import Traefik

MEGABYTE = 1 << 20
LIMITS = [
    ("/api/token/", 2),
    ("/api/v1/project/", 10),
    ("/api/v1/agent-location/", 10),
    ("/api/v1/nomenklatura-image/bulk-upload/", 50),
    ("/api/v1/nomenklatura/import-xlsx/", 64),
]


def pieces(size: int) -> Iterator[bytes]:
    piece = bytes(MEGABYTE)
    for _ in range(size // MEGABYTE):
        yield piece
    yield bytes(size % MEGABYTE)


@pytest.mark.parametrize(("path", "limit"), LIMITS)
def test_announced_body_over_the_limit_413(gateway: Traefik, issuer: Issuer, path: str, limit: int) -> None:
    headers = [issuer.bearer(), ("Origin", "http://shop"), ("Content-Length", str(limit * MEGABYTE + 1))]
    answer = gateway.send("POST", path, *headers)
    assert answer.status == 413
    assert answer.json == {"detail": f"The request body is too large. At most {limit} MB are accepted here."}
    assert answer.headers["Access-Control-Allow-Origin"] == "http://shop"


@pytest.mark.parametrize(("path", "limit"), LIMITS[:2])
def test_chunked_body_over_the_limit_413(gateway: Traefik, issuer: Issuer, path: str, limit: int) -> None:
    answer = gateway.send("POST", path, issuer.bearer(), body=pieces(limit * MEGABYTE + 1))
    assert answer.status == 413
    assert answer.json == {"detail": f"The request body is too large. At most {limit} MB are accepted here."}


@pytest.mark.parametrize(("path", "limit"), LIMITS[:3])
def test_body_of_exactly_the_limit_passes(gateway: Traefik, issuer: Issuer, path: str, limit: int) -> None:
    size = limit * MEGABYTE
    assert gateway.send("POST", path, issuer.bearer(), body=bytes(size)).seen.length == size
    assert gateway.send("POST", path, issuer.bearer(), body=pieces(size)).seen.length == size


def test_missing_token_comes_before_the_size(gateway: Traefik) -> None:
    assert gateway.send("POST", "/api/v1/project/", ("Content-Length", str(1 << 40))).status == 401


def test_endless_headers_431(gateway: Traefik) -> None:
    """A Range of ten thousand pieces, too: it does not fit."""
    ranges = "bytes=" + ",".join(f"{i}-{i}" for i in range(10_000))
    assert gateway.get("/media/a.jpg", ("Range", ranges)).status == 431
