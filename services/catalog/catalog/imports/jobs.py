"""The worker's part of large imports: their rows are taken out of the file first, and then written by chunks.

Each step is one transaction, so a worker that dies leaves nothing half done and another goes on: a file is read by
whoever holds its task locked, and the rows of a chunk are deleted from the queue by the transaction that writes them.
"""

import asyncio
import tempfile
from contextlib import suppress
from typing import IO, Any

import orjson
import psycopg
from ecatalog.db import Database, execute
from ecatalog.telemetry import logger
from psycopg import AsyncConnection

from catalog.imports.kinds import KINDS
from catalog.imports.parsing import Read, WorkbookRefused, reading, superseded
from catalog.imports.tasks import CHANNEL, Import, add, end, reject, write_rows
from catalog.rows import Connection

log = logger(__name__)

ROWS_AT_ONCE = 1000
LOOK_SECONDS = 2.0
KEEP_DAYS = 7
CLEAN_SECONDS = 3600
MAX_ATTEMPTS = 20
"""A task that brings the worker down each time must not be tried for ever."""

GIVEN_UP = {"status": 500, "body": {"error": "The import failed because of an error of its own; see the log."}}

_TASK = "id, task_id, kind, user_id, project_id, any_project, regions, dry_run"
_CLAIM = """
    update import_task set attempts = attempts + 1
     where id = (select id from import_task where status = 'fetching' order by id for update skip locked limit 1)
    returning id, attempts
"""
_FAILED = f"update import_task set attempts = attempts + 1 where id = %s returning id, attempts > {MAX_ATTEMPTS}"  # noqa: S608 - a constant
_HOLD = f"select {_TASK} from import_task where id = %s and status = 'fetching' for update skip locked"  # noqa: S608 - a constant
_FILE = "select data from import_file where task_id = %s and n = %s"
_STAGE = "copy import_row (task_id, row, payload) from stdin"
_UNSTAGE = "delete from import_row where task_id = %s and row = any(%s) returning row, payload"

_FORGET = """
    delete from import_task
     where created_at < now() - make_interval(days => %s) and status in ('completed', 'error') returning 1
"""

_CUT = f"""
    insert into import_chunk (task_id, chunk, from_row, to_row)
    select %(task)s, chunk, min(row), max(row)
      from (select row, (row_number() over (order by row) - 1) / {ROWS_AT_ONCE} as chunk
              from import_row where task_id = %(task)s) r
     group by chunk
"""  # noqa: S608 - a constant

# A chunk of the oldest task that nobody else is writing, out of a table that stays small: looking for rows themselves
# would read past all those that are written already.
_TAKE = f"""
    with chosen as materialized (
        select task_id, chunk, from_row, to_row from import_chunk
         order by task_id, chunk limit 1 for update skip locked
    ), gone as (
        delete from import_chunk c using chosen where c.task_id = chosen.task_id and c.chunk = chosen.chunk
    )
    select t.*, from_row, to_row from chosen join (select {_TASK} from import_task) t on t.id = chosen.task_id
"""  # noqa: S608 - built from constants
_ROWS = "delete from import_row where task_id = %s and row between %s and %s returning row, payload"


async def forget_old(database: Database) -> None:
    """A loop's work: drop imports that nobody asks for any more."""
    with suppress(psycopg.OperationalError):  # the database is away; the next round will do
        await database.fetch_rows(_FORGET, [KEEP_DAYS])
    await asyncio.sleep(CLEAN_SECONDS)


class Importer:
    """Works on imports until it is cancelled; a worker runs a few, so that chunks are written side by side."""

    def __init__(self, database: Database, dsn: str) -> None:
        self._database = database
        self._dsn = dsn
        self._task: int | None = None

    async def run(self) -> None:
        try:
            async with await AsyncConnection.connect(self._dsn, autocommit=True) as bell:
                await bell.execute(f"listen {CHANNEL}".encode())
                while True:
                    if not await self.work():
                        async for _ in bell.notifies(timeout=LOOK_SECONDS, stop_after=1):
                            pass
        except psycopg.OperationalError as error:
            log.warning("imports wait for the database", error=str(error))

    async def work(self) -> bool:
        """One step; False when there is nothing to do."""
        async with self._database.read() as connection:
            try:
                return await self._write_chunk(connection) or await self._read_file(connection)
            except psycopg.OperationalError:
                raise
            except Exception as error:
                log.exception("a step of an import failed", task=self._task, exc_info=error)
                await self._count_failure(connection)
                return False

    async def _count_failure(self, connection: Connection) -> None:
        failed = await (await execute(connection, _FAILED, [self._task])).fetchone()
        if failed is not None and failed[1]:
            await self._refuse(connection, failed[0], GIVEN_UP)

    async def _write_chunk(self, connection: Connection) -> bool:
        async with connection.transaction():
            found = await (await execute(connection, _TAKE)).fetchone()
            if found is None:
                return False
            task, *about, first, last = found
            self._task, wanted = task, Import(*about)
            taken = await (await execute(connection, _ROWS, [task, first, last])).fetchall()
            rows = [(row, orjson.loads(payload)) for row, payload in taken]
            outcomes, rejected = await write_rows(connection, wanted, KINDS[wanted.kind], rows)
            await reject(connection, task, rejected)
            await add(connection, task, outcomes=outcomes)
        return True

    async def _read_file(self, connection: Connection) -> bool:
        claimed = await (await execute(connection, _CLAIM)).fetchone()
        if claimed is None:
            return False
        self._task, attempts = claimed
        if attempts > MAX_ATTEMPTS:
            await self._refuse(connection, claimed[0], GIVEN_UP)
            return True
        try:
            async with connection.transaction():
                held = await (await execute(connection, _HOLD, [self._task])).fetchone()
                if held is None:
                    return False
                await self._stage(connection, held[0], Import(*held[1:]))
        except WorkbookRefused as error:
            await self._refuse(connection, claimed[0], {"status": error.status, "body": error.body})
        return True

    async def _refuse(self, connection: Connection, task: int, refusal: dict[str, Any]) -> None:
        async with connection.transaction():
            await end(connection, task, refusal)
            for table in ("import_file", "import_chunk", "import_row"):
                await execute(connection, f"delete from {table} where task_id = %s", [task])  # noqa: S608 - our tables

    async def _stage(self, connection: Connection, task: int, wanted: Import) -> None:
        """Make rows of the file; those that are rejected already are counted."""
        read, total, errors = Read(), 0, 0
        with tempfile.TemporaryFile() as file:
            await _fetch(connection, task, file)
            async with reading(file, wanted.kind) as lines:
                async for some in lines:
                    good = [line for line in some if read.add(line)]
                    await _copy(connection, task, good)
                    await reject(connection, task, read.rejected)
                    total += len(good) + len(read.rejected)
                    errors += len(read.rejected)
                    read.rejected.clear()
        errors += await self._drop_superseded(connection, task, wanted, read.later)
        await execute(connection, "delete from import_file where task_id = %s", [task])
        await execute(connection, _CUT, {"task": task})
        await add(connection, task, total=total, errors=errors)
        await execute(connection, "select pg_notify(%s, '')", [CHANNEL])

    async def _drop_superseded(self, connection: Connection, task: int, wanted: Import, later: dict[int, int]) -> int:
        """Reject the rows whose codes come again, unless they are rejected for another reason."""
        found = await (await execute(connection, _UNSTAGE, [task, list(later)])).fetchall()
        rows = ((row, orjson.loads(payload)) for row, payload in found)
        await reject(connection, task, superseded(later, rows, KINDS[wanted.kind].code))
        return len(found)


async def _fetch(connection: Connection, task: int, file: IO[bytes]) -> None:
    number = 0
    while piece := await (await execute(connection, _FILE, [task, number])).fetchone():
        await asyncio.to_thread(file.write, piece[0])
        number += 1
    file.flush()


async def _copy(connection: Connection, task: int, lines: list[bytes]) -> None:
    """Queue rows as the reader wrote them: number, tab, JSON; its text form needs the backslashes twice."""
    head = b"%d\t" % task
    text = b"".join([head + line[1:] + b"\n" for line in lines]).replace(b"\\", b"\\\\")
    async with connection.cursor() as cursor, cursor.copy(_STAGE) as copy:
        await copy.write(text)
