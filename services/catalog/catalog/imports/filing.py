"""Writing the rows of a large workbook: some chunks at a time, while the rest of it is read."""

import asyncio
import tempfile
from itertools import count
from typing import IO, NamedTuple

from ecatalog.background import stop
from ecatalog.db import Database, execute

from catalog.imports.kinds import KINDS
from catalog.imports.parsing import Read, read, reading
from catalog.imports.reader import ROWS, SURVEY
from catalog.imports.tasks import Import, add, begin, reject, write_rows

CHUNK = 1000
CHUNKS_AT_ONCE = 3

AHEAD = 50
"""Chunks that may wait to be written, or for the survey: some 50 MB."""

_PIECE = "select data from import_file where task_id = %s and n = %s"
_WRITTEN = "select chunk from import_chunk where task_id = %s"
_MARK = "insert into import_chunk (task_id, chunk) values (%s, %s) on conflict do nothing returning 1"


class Chunk(NamedTuple):
    number: int
    lines: list[bytes]


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
        self._chunks: asyncio.Queue[Chunk | None] = asyncio.Queue(AHEAD)
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
        async with self._database.read() as connection:
            await begin(connection, self._task, found.total)
        self._later = found.later
        self._surveyed.set()

    async def _read(self, file: IO[bytes]) -> None:
        """The rows in the order of the sheet: a chunk holds the same ones whoever reads them."""
        numbers = count()
        waiting: list[bytes] = []
        async with reading(file, self._wanted.kind, ROWS) as lines:
            async for some in lines:
                waiting += some
                while len(waiting) > CHUNK:  # the last line is no row
                    await self._chunks.put(Chunk(next(numbers), waiting[:CHUNK]))
                    waiting = waiting[CHUNK:]
        await self._chunks.put(Chunk(next(numbers), waiting))
        for _ in range(CHUNKS_AT_ONCE):
            await self._chunks.put(None)

    async def _write(self) -> None:
        await self._surveyed.wait()
        while chunk := await self._chunks.get():
            if chunk.number not in self._written:
                await self._write_chunk(chunk)

    async def _write_chunk(self, chunk: Chunk) -> None:
        kind = KINDS[self._wanted.kind]
        found = Read()
        for line in chunk.lines:
            found.add(line)
        found.reject_superseded(kind.code, self._later)
        async with self._database.read() as connection, connection.transaction():
            if await (await execute(connection, _MARK, [self._task, chunk.number])).fetchone() is None:
                return  # a worker that was given up as dead has written it after all
            outcomes, refused = await write_rows(connection, self._wanted, kind, found.good)
            await reject(connection, self._task, found.rejected + refused)
            await add(connection, self._task, outcomes=outcomes, errors=len(found.rejected))
