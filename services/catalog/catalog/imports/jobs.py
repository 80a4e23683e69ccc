"""The worker's part of large imports: each is a file that waits for whoever comes first.

A worker holds the file of the import it works on, by a lock of the database that ends with the worker. Rows are written
by chunks while the file is still read; each chunk leaves its number in the transaction that writes it. So when a worker
dies another begins with the file again, and passes over what is written.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import psycopg
from ecatalog.db.database import Database
from ecatalog.db.notify import Bell, heard
from ecatalog.db.sql import execute
from ecatalog.telemetry.context import bound
from ecatalog.telemetry.logging import logger

from catalog.imports.filing import write_file
from catalog.imports.reader.parsing import WorkbookRefused
from catalog.imports.tasks import NOT_STORED, Import, end
from catalog.rows import Connection

log = logger(__name__)

LOOK_SECONDS = 2.0
KEEP_DAYS = 7
CLEAN_SECONDS = 3600
MAX_ATTEMPTS = 20
"""A task that brings the worker down each time must not be tried for ever."""

GIVEN_UP = {"status": 500, "body": {"error": "The import failed because of an error of its own; see the log."}}

# A session of its own counts the attempt: it must be counted when the worker dies of it, too.
_HOLD = """
    select t.id, t.task_id, t.kind, t.user_id, t.project_id, t.any_project, t.regions, t.dry_run, t.request_id
      from import_task t join import_file f on f.task_id = t.id and f.n = 0
     order by t.id limit 1 for update of f skip locked
"""
_ATTEMPT = "update import_task set attempts = attempts + 1 where id = %s returning attempts, status"
_CLEAR = ("delete from import_file where task_id = %s", "delete from import_chunk where task_id = %s")

_FORGET = """
    delete from import_task
     where created_at < now() - make_interval(days => %s) and status in ('completed', 'error')
"""


async def forget_old(database: Database) -> None:
    """A loop's work: drop imports that nobody asks for any more."""
    with suppress(psycopg.OperationalError):  # the database is away; the next round will do
        await database.execute(_FORGET, [KEEP_DAYS])
    await asyncio.sleep(CLEAN_SECONDS)


class Held(NamedTuple):
    """An import that nobody else works on, as long as the transaction of ``connection`` lasts."""

    connection: Connection
    task: int
    wanted: Import


class Importer:
    """Works on imports, one after the other, until it is cancelled."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell

    async def run(self) -> None:
        try:
            while True:
                ring = self._bell.next()
                if not await self.work():
                    await heard(ring, LOOK_SECONDS)
        except psycopg.OperationalError as error:
            log.warning("imports wait for the database", error=str(error))

    async def work(self) -> bool:
        """Work on the oldest import that nobody holds; False when there is none, or when it failed."""
        async with self._held() as held:
            return held is not None and await self._work_on(held)

    async def _work_on(self, held: Held) -> bool:
        with bound(held.wanted.request_id):
            try:
                refusal = await self._attempt(held)
            except psycopg.OperationalError:
                raise
            except Exception as error:
                log.exception("an import failed", task=held.task, exc_info=error)
                return False
            if refusal is not None:
                await end(held.connection, held.task, refusal)
            for statement in _CLEAR:
                await execute(held.connection, statement, [held.task])
        return True

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[Held | None]:
        async with self._database.connection() as connection, connection.transaction():
            found = await (await execute(connection, _HOLD)).fetchone()
            yield None if found is None else Held(connection, found[0], Import(*found[1:]))

    async def _attempt(self, held: Held) -> dict[str, Any] | None:
        """Write what is not written yet; the reason why the task ends in error, if it does."""
        counted = await self._database.execute_row(_ATTEMPT, [held.task])
        if counted is None:
            raise AssertionError("a task stays as long as its file")
        attempts, status = counted
        if status in {"completed", "error"}:  # its worker died between the end and clearing up
            return None
        if attempts > MAX_ATTEMPTS:
            return GIVEN_UP
        try:
            await write_file(self._database, held.task, held.wanted)
        except WorkbookRefused as error:
            return {"status": error.status, "body": error.body}
        except psycopg.DataError as error:  # it would be the same error each time
            log.exception("the database refused a row of an import", task=held.task, exc_info=error)
            return {"status": 400, "body": NOT_STORED}
        return None
