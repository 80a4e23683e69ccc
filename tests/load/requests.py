"""Requests as the bytes that go over the wire, made before the clock starts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What is sent in turn, and what each answer must be: its status, and how often ``marker`` occurs in its body
    (``rows`` None: at least once)."""

    requests: Sequence[bytes]
    status: int = 200
    marker: bytes = b'"code_1c"'
    rows: int | None = None

    def is_right(self, status: int, body: bytes) -> bool:
        if status != self.status:
            return False
        found = body.count(self.marker) if self.marker else 0
        return found > 0 or not self.marker if self.rows is None else found == self.rows


class Encoder:
    """Encodes requests to one gateway by one user."""

    def __init__(self, port: int, token: str) -> None:
        self._head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"

    def get(self, path: str, headers: str = "") -> bytes:
        """``headers`` are whole lines."""
        return f"GET {path} HTTP/1.1\r\n{self._head}{headers}\r\n".encode()

    def send(self, method: str, path: str, body: object) -> bytes:
        content = json.dumps(body, ensure_ascii=False).encode()
        lines = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return f"{method} {path} HTTP/1.1\r\n{self._head}{lines}".encode() + content
