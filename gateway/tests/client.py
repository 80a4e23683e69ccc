"""A client that sends exactly what it is told: no path is tidied up, no header is added or merged."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must call itself JSON."""
        assert self.headers["Content-Type"] == "application/json", (self.status, self.body)
        return json.loads(self.body)

    @property
    def seen(self) -> "Seen":
        """What reached the service, as the echoing service tells it."""
        return Seen(**self.json)


@dataclass(frozen=True)
class Seen:
    """A request as a service got it: ``path`` as it was sent, ``headers`` as pairs of lower-case name and value."""

    service: str
    method: str
    path: str
    headers: list[list[str]]
    length: int

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


class Connection(HTTPConnection):
    def _encode_request(self, request: str) -> bytes:
        """Lets bytes that are not ASCII into the path, as old clients send them."""
        return request.encode("latin-1")


def send(
    port: int,
    method: str,
    path: str,
    headers: Headers = (),
    body: bytes | Iterable[bytes] | None = None,
    *,
    address: str = "127.0.0.1",
) -> Answer:
    """One request on a connection of its own. An iterable body is sent in chunks without a length."""
    connection = Connection("127.0.0.1", port, timeout=10, source_address=(address, 0))
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        chunked = body is not None and not isinstance(body, bytes)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        elif body is not None:
            connection.putheader("Content-Length", str(len(body)))  # type: ignore[arg-type] # not an iterator here
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before its end: the answer can be read
            connection.endheaders(body, encode_chunked=chunked)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
