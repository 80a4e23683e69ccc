"""Requests that are not as HTTP has them."""

import json
import socket

import pytest

from .issuer import Issuer
from .traefik import Traefik
from .upstream import Echo

CHUNKED = "POST /api/v1/project/ HTTP/1.1\r\nHost: shop\r\nAuthorization: {}\r\nTransfer-Encoding: chunked\r\n\r\n"
UNREADABLE = {"detail": "The request body cannot be read."}


def answered(gateway: Traefik, request: str) -> tuple[int, str, str]:
    """Status, type and body of what comes until the gateway closes the connection."""
    with socket.create_connection(("127.0.0.1", gateway.port), 10) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = connection.makefile("rb").read().decode()
    head, _, body = answer.partition("\r\n\r\n")
    kinds = [line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("content-type:")]
    return int(head.split(" ")[1]), " ".join(kinds), body


@pytest.mark.parametrize(
    "body", ["zz\r\n", "-1\r\n", "2\r\n{}xx\r\n", "5\r\nabcde\r\nzz\r\n", "fffffffffffffffff\r\n"],
    ids=["no-number", "negative", "no-end", "second", "huge"],
)  # fmt: skip
def test_malformed_chunk_400(gateway: Traefik, issuer: Issuer, body: str) -> None:
    status, kind, said = answered(gateway, CHUNKED.format(issuer.bearer()[1]) + body)
    assert (status, kind, json.loads(said)) == (400, "application/json", UNREADABLE)


LINE, HOST = "GET /api/v1/project/ HTTP/1.1\r\n", "Host: shop\r\n"
REFUSED_BY_GO = {
    "percent": ("GET /api/v1/project/%zz/ HTTP/1.1\r\n" + HOST, 400),
    "blank": ("GET /api/v1/project/a b/ HTTP/1.1\r\n" + HOST, 400),
    "control character": ("GET /api/v1/project/\x01/ HTTP/1.1\r\n" + HOST, 400),
    "method": ("G(T /api/v1/project/ HTTP/1.1\r\n" + HOST, 400),
    "no host": (LINE, 400),
    "two hosts": (LINE + HOST + HOST, 400),
    "odd host": (LINE + "Host: a b\r\n", 400),
    "header without a value": (LINE + HOST + "header\r\n", 400),
    "name of a header": (LINE + HOST + "a header: x\r\n", 400),
    "length": (LINE + HOST + "Content-Length: x\r\n", 400),
    "two lengths": (LINE + HOST + "Content-Length: 1\r\nContent-Length: 2\r\n", 400),
    "transfer coding": (LINE + HOST + "Transfer-Encoding: gzip\r\n", 501),
    "version": ("GET /api/v1/project/ HTTP/4.0\r\n" + HOST, 505),
    "expectation": (LINE + HOST + "Expect: wonders\r\n", 417),
}


@pytest.mark.parametrize("kind", REFUSED_BY_GO)
def test_what_is_not_http_reaches_nobody(gateway: Traefik, echo: Echo, kind: str) -> None:
    """Go refuses it before any handler, in a sentence of its own (docs/adr/0019), and closes the connection."""
    request, status = REFUSED_BY_GO[kind]
    # Told apart by its own header: what is left of an earlier request may still reach the service.
    assert answered(gateway, f"{request}Mark: {kind}\r\n\r\n")[0] == status
    gateway.send("GET", "/api/v1/project/", ("Mark", f"after {kind}"))
    assert f"after {kind}" in echo.marks
    assert kind not in echo.marks
