"""Jobs that are disturbed at their first statement, at their second, and so on, in a worker of the test's process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import AsyncRawCursor

from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.jobs import maintenance, runner, worker
from ecatalog.jobs.task import Task
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.testing.client import until

MOST_STATEMENTS = 200
IN_WORKER = ContextVar("in_worker", default=False)
Disturb = Callable[[AsyncRawCursor[Any]], Awaitable[None]]

_JOB = "select * from job where id = %(id)s"


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have workers look, and try again, at once."""
    for module, name in (
        (worker, "LOOK_SECONDS"), (worker, "PAUSE_SECONDS"), (runner, "PAUSE_SECONDS"),
        (runner, "HEARTBEAT_SECONDS"), (maintenance, "LOOK_SECONDS"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.02)


async def cut(cursor: AsyncRawCursor[Any]) -> None:
    """Cause an outage: PostgreSQL ends the session of a statement before that is sent."""
    info = cursor.connection.info
    with psycopg.connect(info.dsn, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s, 5000)", [info.backend_pid])


@asynccontextmanager
async def disturbed_at(
    statement: int, times: int, disturb: Disturb, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[], bool]]:
    """Disturb the statement with this number and those after it, so many in all; tells whether that came."""
    count = 0
    execute_undisturbed = AsyncRawCursor.execute

    async def counted(self: AsyncRawCursor[Any], *arguments: Any, **named: Any) -> Any:
        nonlocal count
        if IN_WORKER.get():
            count += 1
            if statement <= count < statement + times:
                await disturb(self)
        return await execute_undisturbed(self, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(AsyncRawCursor, "execute", counted)
        yield lambda: count >= statement


@dataclass(frozen=True)
class Steps:
    """A job of ``task`` for each statement: ``begin`` defers it, and ``context`` is what its handler gets.

    No more than ``most`` are tried: a worker that waits has statements without end.
    """

    database: Database
    task: Task[Any, Any]
    context: Any
    begin: Callable[[int], Awaitable[int]]
    monkeypatch: pytest.MonkeyPatch
    most: int = MOST_STATEMENTS

    async def each(
        self, disturb: Callable[[int], Disturb], check: Callable[[dict[str, Any]], Awaitable[None]], times: int = 1
    ) -> int:
        """Check each job when it has ended; how many there were until one was left alone."""
        for statement in range(1, self.most + 1):
            job_id = await self.begin(statement)
            async with disturbed_at(statement, times, disturb(job_id), self.monkeypatch) as was_disturbed:
                await check(await self._end(job_id))
                if not was_disturbed():
                    return statement
        return self.most

    async def _end(self, job_id: int) -> dict[str, Any]:
        """Return the job, when a worker has brought it to its end and nobody holds it."""
        token = IN_WORKER.set(True)  # and so in every task that is created now
        jobs = JobWorker(self.database, [self.task], self.context, [Slot((self.task.queue,))])
        working = asyncio.create_task(jobs.run())
        IN_WORKER.reset(token)
        found: dict[str, Any] = {}

        async def is_clean() -> bool:
            found.update(await self._job(job_id))
            is_over = found["finished_at"] and found["worker_id"] is None
            return bool(is_over and (found["cleaned_at"] or not self.task.cleanup))

        try:
            await until(is_clean, 60)
        finally:
            await stop([working])
        return found

    async def _job(self, job_id: int) -> dict[str, Any]:
        async with self.database.connection() as connection:
            cursor = await execute(connection, _JOB, {"id": job_id})
            (row,) = await cursor.fetchall()
            return {column.name: value for column, value in zip(cursor.description or (), row, strict=True)}
