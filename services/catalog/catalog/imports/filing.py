"""Writing the rows of a large workbook: some chunks at a time, while the rest of it is read."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import IO, NamedTuple

from ecatalog.background import stop
from ecatalog.db import Database, execute

from catalog.imports.kinds import KINDS
from catalog.imports.parsing import Lines, Read, reading
from catalog.imports.tasks import Import, add, begin, reject, write_rows

CHUNK = 1000
CHUNKS_AT_ONCE = 3

ROWS, TOTAL = (b"R", b"E"), b"T"
"""How the reader marks its lines."""

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
        async with reading(file, wanted.kind) as lines:
            await _Writing(database, task, wanted, written).write(lines)


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
        self._turn = asyncio.Lock()

    async def write(self, lines: Lines) -> None:
        """Write all chunks, a few side by side; the first failure stops the others."""
        chunks = self._chunks(lines)
        writers = [asyncio.create_task(self._write_in_turn(chunks)) for _ in range(CHUNKS_AT_ONCE)]
        try:
            await asyncio.gather(*writers)
        finally:
            await stop(writers)

    async def _chunks(self, lines: Lines) -> AsyncIterator[Chunk]:
        """The rows in the order of the sheet: a chunk holds the same ones whoever reads them."""
        number = 0
        waiting: list[bytes] = []
        async for some in lines:
            for line in some:
                if line.startswith(ROWS):
                    waiting.append(line)
                elif line.startswith(TOTAL):
                    async with self._database.read() as connection:
                        await begin(connection, self._task, int(line[1:]))
                else:
                    Read().add(line)
            while len(waiting) >= CHUNK:
                yield Chunk(number, waiting[:CHUNK])
                number, waiting = number + 1, waiting[CHUNK:]
        if waiting:
            yield Chunk(number, waiting)

    async def _write_in_turn(self, chunks: AsyncIterator[Chunk]) -> None:
        while True:
            async with self._turn:
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            if chunk.number not in self._written:
                await self._write_chunk(chunk)

    async def _write_chunk(self, chunk: Chunk) -> None:
        read = Read()
        for line in chunk.lines:
            read.add(line)
        async with self._database.read() as connection, connection.transaction():
            if await (await execute(connection, _MARK, [self._task, chunk.number])).fetchone() is None:
                return  # a worker that was given up as dead has written it after all
            outcomes, refused = await write_rows(connection, self._wanted, KINDS[self._wanted.kind], read.good)
            await reject(connection, self._task, read.rejected + refused)
            await add(connection, self._task, outcomes=outcomes, errors=len(read.rejected))
