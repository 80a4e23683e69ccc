"""Writing the rows of a large workbook: some chunks at a time, while the rest of it is read."""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.sql import execute

from catalog.imports.kinds import KINDS
from catalog.imports.reader.parsing import Read, read, reading
from catalog.imports.reader.process import ROWS, SURVEY
from catalog.imports.tasks import Import, add, begin, reject, write_rows

CHUNK, CHUNK_BYTES = 1000, 4 * 1024 * 1024
CHUNKS_AT_ONCE = 3

AHEAD_BYTES = 48 * 1024 * 1024
"""Of chunks that wait to be written, or for the survey. One more is read then."""

_PIECE = "select data from import_file where task_id = %s and n = %s"
_WRITTEN = "select chunk from import_chunk where task_id = %s"
_MARK = "insert into import_chunk (task_id, chunk) values (%s, %s) on conflict do nothing returning 1"


class Chunk(NamedTuple):
    number: int
    lines: list[bytes]
    size: int


class Cut:
    """Makes chunks of lines. Where one ends depends on the lines alone: it holds the same ones whoever reads them."""

    def __init__(self) -> None:
        self._number = 0
        self._lines: list[bytes] = []
        self._size = 0

    def whole(self, lines: Iterable[bytes]) -> Iterator[Chunk]:
        """The chunks that end before one of these lines."""
        for line in lines:
            if len(self._lines) == CHUNK or (self._lines and self._size + len(line) > CHUNK_BYTES):
                yield self.last()
            self._lines.append(line)
            self._size += len(line)

    def last(self) -> Chunk:
        """What is left."""
        chunk = Chunk(self._number, self._lines, self._size)
        self._number, self._lines, self._size = self._number + 1, [], 0
        return chunk


class Ahead:
    """Chunks on their way from who reads to who writes them; reading waits while there are too many bytes of them."""

    def __init__(self) -> None:
        self._chunks: asyncio.Queue[Chunk | None] = asyncio.Queue()
        self._size = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def put(self, chunk: Chunk) -> None:
        await self._has_room.wait()
        self._chunks.put_nowait(chunk)
        self._resize(chunk.size)

    def end(self) -> None:
        """No more chunks, for one of those who write."""
        self._chunks.put_nowait(None)

    async def get(self) -> Chunk | None:
        chunk = await self._chunks.get()
        if chunk is not None:
            self._resize(-chunk.size)
        return chunk

    def _resize(self, by: int) -> None:
        self._size += by
        if self._size < AHEAD_BYTES:
            self._has_room.set()
        else:
            self._has_room.clear()


async def write_file(database: Database, task: int, wanted: Import) -> None:
    """Write those chunks of a task that are not written yet; raises :class:`WorkbookRefused` before the first."""
    with tempfile.TemporaryFile() as file:
        await _fetch(database, task, file)
        written = {number for (number,) in await database.fetch_rows(_WRITTEN, [task])}
        await _Writing(database, task, wanted, written).write(file)


async def _fetch(database: Database, task: int, file: IO[bytes]) -> None:
    number = 0
    while piece := await database.fetch_row(_PIECE, [task, number]):
        await asyncio.to_thread(file.write, piece[0])
        number += 1
    file.flush()


class _Writing:
    def __init__(self, database: Database, task: int, wanted: Import, written: set[int]) -> None:
        self._database = database
        self._task = task
        self._wanted = wanted
        self._written = written
        self._ahead = Ahead()
        self._surveyed = asyncio.Event()
        self._later: dict[int, int] = {}

    async def write(self, file: IO[bytes]) -> None:
        """Read rows while they are still surveyed, and write them after that; the first failure stops all."""
        works = (self._survey(file), self._read(file), *(self._write() for _ in range(CHUNKS_AT_ONCE)))
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await asyncio.gather(*tasks)
        finally:
            await stop(tasks)

    async def _survey(self, file: IO[bytes]) -> None:
        found = await read(file, self._wanted.kind, SURVEY)
        async with self._database.connection() as connection:
            await begin(connection, self._task, found.total)
        self._later = found.later
        self._surveyed.set()

    async def _read(self, file: IO[bytes]) -> None:
        """The rows in the order of the sheet, and the last line, which is no row."""
        cut = Cut()
        async with reading(file, self._wanted.kind, ROWS) as lines:
            async for some in lines:
                for chunk in cut.whole(some):
                    await self._ahead.put(chunk)
        await self._ahead.put(cut.last())
        for _ in range(CHUNKS_AT_ONCE):
            self._ahead.end()

    async def _write(self) -> None:
        await self._surveyed.wait()
        while chunk := await self._ahead.get():
            if chunk.number not in self._written:
                await self._write_chunk(chunk)

    async def _write_chunk(self, chunk: Chunk) -> None:
        kind = KINDS[self._wanted.kind]
        found = Read()
        for line in chunk.lines:
            found.add(line)
        found.reject_superseded(kind.code, self._later)
        async with self._database.connection() as connection, connection.transaction():
            if await (await execute(connection, _MARK, [self._task, chunk.number])).fetchone() is None:
                return  # a worker that was given up as dead has written it after all
            outcomes, refused = await write_rows(connection, self._wanted, kind, found.good)
            await reject(connection, self._task, found.rejected + refused)
            await add(connection, self._task, outcomes=outcomes, errors=len(found.rejected))
