"""An outage, or a cancel, at each statement of a job: the numbers are those of what was done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs import maintenance, queue, runner, worker
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.testing.client import until
from psycopg import AsyncRawCursor

from .rows import column, defer, job
from .toys import CHUNKS, ChunkArgs, Toys

MOST_STEPS = 200
CHUNKS_OF_A_JOB, ROWS = 2, 3
IN_WORKER = ContextVar("in_worker", default=False)
Disturb = Callable[[AsyncRawCursor[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (worker, "LOOK_SECONDS"), (worker, "PAUSE_SECONDS"), (runner, "PAUSE_SECONDS"),
        (runner, "HEARTBEAT_SECONDS"), (maintenance, "LOOK_SECONDS"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.02)


@asynccontextmanager
async def disturbed_at(
    step: int, times: int, disturb: Disturb, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[], bool]]:
    """Run ``disturb`` before the statement with this number and those after it, so many in all; whether that came."""
    count = 0
    execute = AsyncRawCursor.execute

    async def counted(self: AsyncRawCursor[Any], *arguments: Any, **named: Any) -> Any:
        nonlocal count
        if IN_WORKER.get():
            count += 1
            if step <= count < step + times:
                await disturb(self)
        return await execute(self, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(AsyncRawCursor, "execute", counted)
        yield lambda: count >= step


async def ended(database: Database, job_id: int) -> dict[str, Any]:
    """The job when it has ended and is cleaned up."""

    async def is_clean() -> bool:
        row = await job(database, job_id)
        return bool(row["cleaned_at"] and row["worker_id"] is None)

    await until(is_clean)
    return await job(database, job_id)


async def end(database: Database, job_id: int) -> dict[str, Any]:
    """Bring a job to its end in a worker of this process."""
    token = IN_WORKER.set(True)  # and so in every task that is created now
    working = asyncio.create_task(JobWorker(database, [CHUNKS], Toys(), [Slot(("chunks",))]).run())
    IN_WORKER.reset(token)
    try:
        return await ended(database, job_id)
    finally:
        await stop([working])


async def each_step(
    database: Database, disturb: Callable[[int], Disturb], check: Callable[[dict[str, Any], int], None],
    monkeypatch: pytest.MonkeyPatch, times: int = 1,
) -> int:  # fmt: skip
    """Disturb a job at its first statement, another at its second, …; how many there were until one was left alone."""
    for step in range(1, MOST_STEPS):
        args = ChunkArgs(chunks=CHUNKS_OF_A_JOB, rows=ROWS)
        deferred = await defer(database, CHUNKS, args=args)
        async with disturbed_at(step, times, disturb(deferred.id), monkeypatch) as was_disturbed:
            row = await end(database, deferred.id)
            done = not was_disturbed()
        chunks = await column(database, f"select chunk from effect where job_id = {deferred.id}")  # noqa: S608
        check(row, len(chunks))
        assert len(await column(database, f"select 1 from cleaned where job_id = {deferred.id}")) == 1  # noqa: S608
        if done or step >= 40:
            return step
    raise AssertionError("a job has no end")


@pytest.mark.parametrize("times", [1, pytest.param(6, marks=pytest.mark.soak)])
async def test_outage_at_each_statement_costs_nothing(
    database: Database, dsn: str, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Nor one that lasts, so that what is done about it meets it again."""

    def disturb(_: int) -> Disturb:
        async def cut(cursor: AsyncRawCursor[Any]) -> None:
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("select pg_terminate_backend(%s, 5000)", [cursor.connection.info.backend_pid])

        return cut

    def check(row: dict[str, Any], chunks: int) -> None:
        assert (row["status"], row["failures"], row["interruptions"]) == ("succeeded", 0, 0)
        assert (chunks, row["created"], row["total"]) == (
            CHUNKS_OF_A_JOB,
            CHUNKS_OF_A_JOB * ROWS,
            CHUNKS_OF_A_JOB * ROWS,
        )

    assert await each_step(database, disturb, check, monkeypatch, times) > 20


async def test_cancel_at_each_statement_keeps_and_counts_what_was_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelling: list[asyncio.Task[None]] = []
    statuses = []

    def disturb(job_id: int) -> Disturb:
        async def cancel() -> None:
            async with database.transaction() as connection:
                await queue.cancel(connection, job_id, "Cancelled.")

        async def begin(_: AsyncRawCursor[Any]) -> None:
            token = IN_WORKER.set(False)
            cancelling.append(asyncio.create_task(cancel()))
            IN_WORKER.reset(token)
            await asyncio.wait(cancelling[-1:], timeout=0.1)  # where this statement's transaction has the row, it waits

        return begin

    def check(row: dict[str, Any], chunks: int) -> None:
        statuses.append(row["status"])
        assert row["error"] == (None if row["status"] == "succeeded" else "Cancelled.")
        assert (row["processed"], row["created"]) == (chunks * ROWS, chunks * ROWS)

    assert await each_step(database, disturb, check, monkeypatch) > 20
    await asyncio.gather(*cancelling)
    assert {*statuses} == {"cancelled", "succeeded"}
