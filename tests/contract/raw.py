"""A client that sends exactly what it is told, and what an answer in the contract's form is."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

PROJECTS, CLIENTS, PRODUCTS = "/api/v1/project/", "/api/v1/client/", "/api/v1/nomenklatura/"
TOKENS, USERS, INTEGRATIONS = "/api/token/", "/api/v1/users/", "/api/v1/integration/"
SECONDS = 10.0
"""Nobody waits longer: an answer that takes as long is none."""


class _Connection(HTTPConnection):
    def _encode_request(self, request: str) -> bytes:
        """Lets bytes that are not ASCII into the path, as old clients send them."""
        return request.encode("utf-8")

    def _validate_path(self, url: str) -> None:
        """Lets everything into the path."""


@dataclass(frozen=True)
class Sent:
    """One request. A body is JSON unless the headers say otherwise."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.status} {self.kind} {self.body[:300]!r}"


def send(port: int, sent: Sent, token: str | None = None) -> Answered:
    """The answer; raises OSError when there is none in time."""
    connection = _Connection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.putrequest(sent.method, sent.path, skip_accept_encoding=True)
        headers = {"Content-Type": "application/json"} if sent.body is not None else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        for name, value in {**headers, **sent.headers}.items():
            connection.putheader(name, value.encode("utf-8"))
        if sent.body is not None:
            connection.putheader("Content-Length", str(len(sent.body)))
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before its end: the answer can be read
            connection.endheaders(sent.body)
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers["Content-Type"] or "", answer.read())
    finally:
        connection.close()


def is_refusal(answer: Answered) -> bool:
    """Whether it is 4xx with ``{"detail": text}``, or messages by field."""
    if not 400 <= answer.status < 500 or answer.kind != "application/json":
        return False
    body = answer.json
    if not isinstance(body, dict) or not body:
        return False
    return isinstance(body.get("detail"), str) or all(_are_texts(messages) for messages in body.values())


def _are_texts(messages: Any) -> bool:
    return isinstance(messages, list) and bool(messages) and all(isinstance(text, str) for text in messages)
