"""HTTP/1.1 is implemented as far as a SOAP client needs it."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from deploy.local.onec.modes import Answer

_LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Peer:
    """The two ends of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, answer: Answer, headers: Mapping[str, str] | None = None) -> bool:
        """Send an answer; returns that the connection can be used again."""
        own = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body)), **(headers or {})}
        self.writer.write(_head(answer.status, own) + answer.body)
        await self.writer.drain()
        return True

    async def stream(self, blocks: Iterable[bytes], headers: Mapping[str, str], *, promised: int | None = None) -> None:
        """Send blocks as a chunked answer, whose end ``end`` sends, or with a promised Content-Length."""
        framing = {"Content-Length": str(promised)} if promised else {"Transfer-Encoding": "chunked"}
        self.writer.write(_head(200, {"Content-Type": "text/xml; charset=utf-8", **framing, **headers}))
        for block in blocks:
            if block:
                self.writer.write(block if promised else b"%x\r\n" % len(block) + block + b"\r\n")
                await self.writer.drain()

    async def end(self) -> None:
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def until_gone(self) -> None:
        while await self.reader.read(1024):
            pass


async def requests(peer: Peer) -> AsyncIterator[Request]:
    """Yield the requests of one connection in order."""
    while True:
        try:
            head = await peer.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return
        first, *lines = head.decode("utf-8", errors="replace").rstrip().split("\r\n")
        method, _, rest = first.partition(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = min(int(headers.get("content-length", "0")), _LARGEST_BODY)
        body = await peer.reader.readexactly(length)
        yield Request(method, rest.split(" ")[0].partition("?")[0], headers, body)


def compressed(blocks: Iterable[bytes]) -> Iterable[bytes]:
    packer = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
    for block in blocks:
        yield packer.compress(block)
    yield packer.flush()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Server: Microsoft-IIS/10.0"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
