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
    ("/api/v1/source-file/1/", 130),
    ("/1c/1/", 16),
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


RANGES = "bytes=" + ",".join(f"{i}-{i}" for i in range(10_000))


@pytest.mark.parametrize(
    "header", [("Range", RANGES), ("Authorization", "Bearer " + "a" * 200_000)], ids=["range", "token"]
)
def test_large_header_431(gateway: Traefik, header: tuple[str, str]) -> None:
    answer = gateway.get("/media/a.jpg", header)
    assert (answer.status, answer.json) == (431, {"detail": "The headers are too large."})


def test_many_headers_431(gateway: Traefik) -> None:
    answer = gateway.get("/api/v1/project/", *((f"X-{i}", "a" * 1000) for i in range(50)))
    assert (answer.status, answer.json) == (431, {"detail": "The headers are too large."})


def test_endless_headers_431(gateway: Traefik) -> None:
    assert gateway.get("/media/a.jpg", ("Range", "a" * 2_000_000)).status == 431


@pytest.mark.parametrize("path", ["/api/v1/project/?search=", "/api/v1/project/", "/media/", "/nowhere/"])
def test_long_address_414(gateway: Traefik, path: str) -> None:
    answer = gateway.get(path + "a" * 200_000)
    assert (answer.status, answer.json) == (414, {"detail": "The address is too long."})
    assert gateway.get("/api/v1/project/?search=" + "a" * 16_000).status == 200
