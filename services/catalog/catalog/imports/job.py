"""Declares the job that imports a large workbook.

Rows are written by chunks while the file is still read, and each chunk leaves its number in the transaction that writes
it. When a worker dies, another one starts with the file again and skips the chunks that are written.
"""

import asyncio
import tempfile
from datetime import timedelta
from typing import IO

import psycopg
from ecatalog.core.concurrency import stop
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.job import Job
from ecatalog.jobs.state import JobState
from ecatalog.jobs.task import PHASES, Task, TaskFailed
from ecatalog.telemetry.logging import logger

from catalog.entities.registry import ENTITIES
from catalog.imports import files
from catalog.imports.chunking import BoundedQueue, Chunker, LineChunk
from catalog.imports.progress import progress_of
from catalog.imports.reader.parsing import Read, WorkbookRefused, read, reading
from catalog.imports.reader.process import ROWS, SURVEY
from catalog.imports.schemas import ImportArgs
from catalog.imports.writing import NOT_STORED, write_rows
from catalog.worker_context import WorkerContext

log = logger(__name__)

CHUNKS_AT_ONCE = 3
KEPT = timedelta(days=7)
MAX_ATTEMPTS = 20
"""A workbook that brings the worker down each time must not be tried for ever."""

RETRY_SECONDS = 2.0
FAILED = "The import failed because of an error of its own; see the log."

_WRITTEN = "select chunk from import_chunk where job_id = %(job_id)s"
_MARK = "insert into import_chunk (job_id, chunk) values (%(job_id)s, %(chunk)s)"


async def run_import(job: Job[ImportArgs], _: WorkerContext) -> None:
    """Write the chunks of a workbook that are not written yet."""
    try:
        with tempfile.TemporaryFile() as file:
            await files.fetch(job.database, job.id, file)
            written = {number for (number,) in await job.database.fetch_rows(_WRITTEN, {"job_id": job.id})}
            await _Run(job, written).write(file)
    except WorkbookRefused as error:
        raise TaskFailed(error.body["error"], result={"status": error.status, "body": error.body}) from None
    except psycopg.DataError as error:  # it would be the same error each time
        log.exception("the database refused a row of an import", job=job.id, exc_info=error)
        raise TaskFailed(NOT_STORED["error"], result={"status": 400, "body": NOT_STORED}) from None


class _Run:
    def __init__(self, job: Job[ImportArgs], written: set[int]) -> None:
        self._job = job
        self._entity = ENTITIES[job.args.kind]
        self._written = written
        self._chunks = BoundedQueue()
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
        found = await read(file, self._entity.sheet, SURVEY)
        async with self._job.transaction() as connection:
            await self._job.advance(connection, total=found.total, phase="apply")
        self._later = found.later
        self._surveyed.set()

    async def _read(self, file: IO[bytes]) -> None:
        """Read the lines into chunks: the rows in the order of the sheet, and the last line, which is no row."""
        chunker = Chunker()
        async with reading(file, self._entity.sheet, ROWS) as lines:
            async for some in lines:
                for chunk in chunker.whole(some):
                    await self._chunks.put(chunk)
        await self._chunks.put(chunker.last())
        for _ in range(CHUNKS_AT_ONCE):
            self._chunks.end()

    async def _write(self) -> None:
        await self._surveyed.wait()
        while chunk := await self._chunks.get():
            if chunk.number not in self._written:
                await self._write_chunk(chunk)

    async def _write_chunk(self, chunk: LineChunk) -> None:
        found = Read()
        for line in chunk.lines:
            found.add(line)
        found.reject_superseded(self._entity.code, self._later)
        async with self._job.transaction() as connection:
            await execute(connection, _MARK, {"job_id": self._job.id, "chunk": chunk.number})
            outcomes, rejected = await write_rows(connection, self._job.args, found.good)
            progress = progress_of(outcomes, found.rejected + rejected)
            progress["last"] = True
            await self._job.advance(connection, **progress)


async def _clean_up(connection: Transaction, _: WorkerContext, state: JobState) -> None:
    await files.remove(connection, state.id)


IMPORT = Task(
    "import", queue="imports", args=ImportArgs, run=run_import, failed=FAILED, lease=30.0,
    max_interruptions=MAX_ATTEMPTS, max_failures=MAX_ATTEMPTS, backoff=lambda _: RETRY_SECONDS, phases=PHASES,
    cleanup=_clean_up, keep=KEPT,
)  # fmt: skip
