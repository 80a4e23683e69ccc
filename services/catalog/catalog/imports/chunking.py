"""Hands chunks of the lines of a large workbook from the reader to the writers."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import NamedTuple

CHUNK, CHUNK_BYTES = 1000, 4 * 1024 * 1024

WAITING_BYTES = 48 * 1024 * 1024
"""Reading waits while chunks of this many bytes wait to be written, or for the survey."""


class LineChunk(NamedTuple):
    number: int
    lines: list[bytes]
    size: int


class Chunker:
    """Makes chunks of lines. Their bounds depend on the lines alone: a second reading gives the same chunks."""

    def __init__(self) -> None:
        self._number = 0
        self._lines: list[bytes] = []
        self._size = 0

    def whole(self, lines: Iterable[bytes]) -> Iterator[LineChunk]:
        """Give the chunks that end before one of these lines."""
        for line in lines:
            if len(self._lines) == CHUNK or (self._lines and self._size + len(line) > CHUNK_BYTES):
                yield self.last()
            self._lines.append(line)
            self._size += len(line)

    def last(self) -> LineChunk:
        """Return the chunk of the lines that are left."""
        chunk = LineChunk(self._number, self._lines, self._size)
        self._number, self._lines, self._size = self._number + 1, [], 0
        return chunk


class BoundedQueue:
    """Holds chunks that are read and not written yet; reading waits while there are too many bytes of them."""

    def __init__(self) -> None:
        self._chunks: asyncio.Queue[LineChunk | None] = asyncio.Queue()
        self._size = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def put(self, chunk: LineChunk) -> None:
        await self._has_room.wait()
        self._chunks.put_nowait(chunk)
        self._resize(chunk.size)

    def end(self) -> None:
        """Tell one of the writers that there are no more chunks."""
        self._chunks.put_nowait(None)

    async def get(self) -> LineChunk | None:
        chunk = await self._chunks.get()
        if chunk is not None:
            self._resize(-chunk.size)
        return chunk

    def _resize(self, by: int) -> None:
        self._size += by
        if self._size < WAITING_BYTES:
            self._has_room.set()
        else:
            self._has_room.clear()
