"""A small load generator of our own: keep-alive connections that send the next request once an answer is complete."""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import uvloop

from tests.load.requests import Load

CONNECTIONS = 16
PATIENCE = 60.0  # seconds for the last answers, when no more is sent
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NO_BODY = {204, 304}


@dataclass
class Outcome:
    """What one run brought: latencies of the right answers in seconds, the number of wrong ones, one of them, and
    the bytes of all."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0
    example: str = ""
    received: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, part: float) -> float:
        """In seconds; 0 when nothing was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


class Connection(asyncio.Protocol):
    """One client. ``done`` holds when the last of its answers has come, or the server has gone away."""

    def __init__(self, load: Load, requests: Iterator[bytes], outcome: Outcome) -> None:
        self._load = load
        self._requests = requests
        self._outcome = outcome
        self._buffer = b""
        self._began = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is none of asyncio's
        self._send()

    def data_received(self, data: bytes) -> None:
        self._outcome.received += len(data)
        self._buffer = self._buffer + data if self._buffer else data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        status = int(self._buffer[9:12])
        length = 0 if status in _NO_BODY else self._length(head)
        if len(self._buffer) >= head + 4 + length:
            body, self._buffer = self._buffer[head + 4 :], b""
            self._note(status, body)
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._outcome.wrong += 1
            self._outcome.example = f"the connection was lost: {exc or 'closed'}"
            self.done.set_result(None)

    def _length(self, head: int) -> int:
        found = _LENGTH.search(self._buffer, 0, head)
        assert found, "an answer without Content-Length"
        return int(found.group(1))

    def _note(self, status: int, body: bytes) -> None:
        if self._load.is_right(status, body):
            self._outcome.latencies.append(time.perf_counter() - self._began)
        else:
            self._outcome.wrong += 1
            self._outcome.example = f"{status} {body[:200].decode(errors='replace')}"

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)


def run(port: int, load: Load, seconds: float, start: int = 0, connections: int = CONNECTIONS) -> Outcome:
    """Send the requests in turn, from number ``start`` on and round again, for a while."""
    return uvloop.run(_run(port, load, _until(seconds, load, start), connections))


def sample(port: int, load: Load, count: int) -> Outcome:
    """Send ``count`` of the requests, spread over all, one after another."""
    step = max(1, len(load.requests) // count)
    return uvloop.run(_run(port, load, iter(load.requests[::step][:count]), 1))


async def _run(port: int, load: Load, requests: Iterator[bytes], connections: int) -> Outcome:
    outcome = Outcome()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    pairs = [
        await loop.create_connection(lambda: Connection(load, requests, outcome), "127.0.0.1", port)
        for _ in range(connections)
    ]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(client.done for _, client in pairs))
    outcome.seconds = time.perf_counter() - began
    return outcome


def _until(seconds: float, load: Load, start: int) -> Iterator[bytes]:
    deadline = time.perf_counter() + seconds
    for number in itertools.count(start):
        if time.perf_counter() > deadline:
            return
        yield load.requests[number % len(load.requests)]
