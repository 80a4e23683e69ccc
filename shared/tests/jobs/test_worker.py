"""A worker in this process: what becomes of a job, however its handler ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from ecatalog.core.concurrency import CANCEL_AGAIN_SECONDS, stop
from ecatalog.db.database import Database
from ecatalog.jobs import maintenance, queue, runner, worker
from ecatalog.jobs.job import Job
from ecatalog.jobs.metrics import LOST, RETRIED
from ecatalog.jobs.progress import add_result
from ecatalog.jobs.task import TaskFailed
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.telemetry.context import bound, request_id
from ecatalog.testing.client import until
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from .rows import TASKS, column, defer, job, set_job
from .toys import CHUNKS, PLAIN, TOY, ChunkArgs, ToyArgs, Toys

Handler = Callable[[Job[ToyArgs]], Awaitable[None]]
SLOTS = (Slot(("toys", "plain", "chunks"), 2),)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(maintenance, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(maintenance, "RETENTION_SECONDS", 0.05)
    monkeypatch.setattr(runner, "PAUSE_SECONDS", 0.05)


@asynccontextmanager
async def working(database: Database, handle: Handler | None = None, slots: Any = SLOTS) -> AsyncIterator[Toys]:
    toys = Toys(handle)
    running = asyncio.create_task(JobWorker(database, TASKS, toys, slots).run())
    try:
        yield toys
    finally:
        await stop([running])


async def has(database: Database, job_id: int, **values: Any) -> None:
    """Wait until the job's row has these values."""

    async def equal() -> bool:
        row = await job(database, job_id)
        return {name: row[name] for name in values} == values

    await until(equal)


async def succeed(_: Job[ToyArgs]) -> None:
    return


async def test_job_without_rows_succeeds_when_its_handler_returns(database: Database) -> None:
    seen = []

    async def handle(job: Job[ToyArgs]) -> None:
        seen.append((job.args.name, request_id.get()))

    with bound("request-7"):
        deferred = await defer(database, args=ToyArgs(name="seven"))
    async with working(database, handle):
        await has(database, deferred.id, status="succeeded", worker_id=None, lease_until=None)
    assert seen == [("seven", "request-7")]


async def test_job_with_rows_ends_with_its_last_row(database: Database) -> None:
    deferred = await defer(database, CHUNKS, args=ChunkArgs(chunks=5, rows=3))
    async with working(database):
        await has(database, deferred.id, status="succeeded", total=15, processed=15, created=15, worker_id=None)
    assert await column(database, "select status from change order by id") == ["fetching", "processing", "completed"]


async def test_handler_that_leaves_rows_has_failed(database: Database) -> None:
    async def handle(job: Job[ToyArgs]) -> None:
        async with job.transaction() as connection:
            await job.advance(connection, total=2, created=int(job.fence == 1), last=True)

    deferred = await defer(database)
    async with working(database, handle):
        await has(database, deferred.id, status="failed", error="The toy failed.", created=1)


async def test_failure_with_a_sentence_ends_the_job_at_once(database: Database) -> None:
    async def handle(_: Job[ToyArgs]) -> None:
        raise TaskFailed("The source is away.", result={"status": 400})

    deferred = await defer(database)
    async with working(database, handle):
        await has(
            database, deferred.id, status="failed", error="The source is away.", failures=1, worker_id=None,
            result=b'{"status":400}',
        )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(ValueError("?"), "The toy failed."), (TaskFailed("bad picture", retry=True), "bad picture")],
)
async def test_failing_job_is_tried_as_often_as_its_task_allows(
    database: Database, error: Exception, sentence: str
) -> None:
    fences = []
    before = RETRIED.labels("toy")._value.get()

    async def handle(job: Job[ToyArgs]) -> None:
        fences.append(job.fence)
        raise error

    deferred = await defer(database)
    async with working(database, handle):
        await has(database, deferred.id, status="failed", error=sentence, failures=3, interruptions=0)
    assert fences == [1, 2, 3]
    assert RETRIED.labels("toy")._value.get() == before + 2
    assert await column(database, "select status from change order by id") == ["fetching", "error"]


@pytest.mark.parametrize("error", [psycopg.OperationalError("away"), ConnectionError("away"), TimeoutError()])
async def test_outage_is_nobodys_fault(database: Database, error: Exception) -> None:
    left = [error] * 5

    async def handle(_: Job[ToyArgs]) -> None:
        if left:
            raise left.pop()

    deferred = await defer(database)
    async with working(database, handle):
        await has(database, deferred.id, status="succeeded", fence=6, failures=0, interruptions=0)


@pytest.mark.parametrize("error", [errors.QueryCanceled("too slow"), errors.ProgramLimitExceeded("too large")])
async def test_statement_that_always_exceeds_a_limit_is_not_tried_for_ever(
    database: Database, error: psycopg.OperationalError
) -> None:
    fences = []

    async def handle(job: Job[ToyArgs]) -> None:
        fences.append(job.fence)
        raise DBAPIError("select", {}, error) if job.fence == 1 else error

    deferred = await defer(database)
    async with working(database, handle):
        await has(database, deferred.id, status="failed", error="The toy is given up.", failures=0, interruptions=2)
    assert fences == [1, 2]


async def test_args_that_cannot_be_read_fail_the_job(database: Database) -> None:
    async def handle(job: Job[ToyArgs]) -> None:
        assert job.args

    deferred = await defer(database)
    await set_job(database, deferred.id, """args = '{"name": []}'""")
    async with working(database, handle):
        await has(database, deferred.id, status="failed")


async def test_worker_that_stops_lets_go_of_its_jobs(database: Database) -> None:
    started = asyncio.Event()

    async def handle(_: Job[ToyArgs]) -> None:
        started.set()
        await asyncio.Event().wait()

    deferred = await defer(database)
    async with working(database, handle):
        await started.wait()
    row = await job(database, deferred.id)
    assert (row["status"], row["worker_id"], row["failures"], row["interruptions"]) == ("todo", None, 0, 0)


@pytest.mark.parametrize("end", ["cancel", "stop"])
async def test_handler_may_save_what_it_received_before_the_job_is_let_go_of(
    database: Database, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on being held meanwhile, and results count after a cancel too, of which it hears at once."""
    monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 60)
    started, held = asyncio.Event(), []

    async def handle(job: Job[ToyArgs]) -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(2 * CANCEL_AGAIN_SECONDS)  # whoever stops the worker is less patient
            held.append(await job.database.fetch_value("select job_is_held(%(id)s, %(fence)s)", job.claimed.key))
            async with job.database.transaction() as connection:
                await add_result(connection, job.id, updated=1)

    deferred = await defer(database)
    before = LOST.labels("toy")._value.get()
    async with working(database, handle):
        await started.wait()
        if end == "cancel":
            async with database.transaction() as connection:
                await queue.cancel(connection, deferred.id, "Cancelled.")
            await has(database, deferred.id, status="cancelled", updated=1, worker_id=None)
    await has(database, deferred.id, status="cancelled" if end == "cancel" else "todo", updated=1, worker_id=None)
    assert held == [True]
    assert LOST.labels("toy")._value.get() == before + (end == "cancel")


async def test_handler_that_swallows_a_cancellation_is_cancelled_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 0.05)
    started = asyncio.Event()

    async def handle(_: Job[ToyArgs]) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    deferred = await defer(database)
    async with working(database, handle):
        await started.wait()
        async with database.transaction() as connection:
            await queue.cancel(connection, deferred.id, "Cancelled.")
        await has(database, deferred.id, worker_id=None)


async def test_job_that_a_result_ended_stops_its_handler_quietly(database: Database) -> None:
    started = asyncio.Event()

    async def handle(job: Job[ToyArgs]) -> None:
        started.set()
        while True:
            result = job.next_result()
            async with job.transaction() as connection:
                await job.hold(connection)
            await result.wait()

    deferred = await defer(database)
    await set_job(database, deferred.id, "total = 1")
    before = LOST.labels("toy")._value.get()
    async with working(database, handle):
        await started.wait()
        async with database.transaction() as connection:
            await add_result(connection, deferred.id, created=1, last=True)
        await has(database, deferred.id, status="succeeded", worker_id=None)
    assert LOST.labels("toy")._value.get() == before


async def test_slot_tries_its_queues_in_order_and_runs_one_job_at_a_time(database: Database) -> None:
    order, at_once = [], []

    async def handle(job: Job[ToyArgs]) -> None:
        at_once.append(job.id)
        order.append(job.args.name)
        await asyncio.sleep(0)
        assert at_once == [job.id]
        at_once.clear()

    for name, task in (("1", PLAIN), ("2", TOY), ("3", PLAIN), ("4", TOY)):
        last = await defer(database, task, args=ToyArgs(name=name))
    await set_job(database, last.id - 1, "queue = 'last'")
    async with working(database, handle, [Slot(("toys", "plain", "last"))]):
        await until(lambda: len(order) == 4)
    assert order == ["2", "4", "1", "3"]


async def test_end_of_a_job_wakes_whoever_may_run_the_next_one_under_its_lock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_SECONDS", 60)
    go_on = asyncio.Event()

    async def handle(job: Job[ToyArgs]) -> None:
        if job.args.name == "first":
            await go_on.wait()

    async with working(database, handle, [Slot(("toys",)), Slot(("others",))]):
        await defer(database, TOY, locks=["one"], args=ToyArgs(name="first"))
        second = await defer(database, move_to="others", locks=["one"])
        other = await defer(database, move_to="others", locks=["two"])
        await has(database, other.id, status="succeeded")
        assert (await job(database, second.id))["status"] == "todo"
        go_on.set()
        await has(database, second.id, status="succeeded")


async def test_session_that_breaks_costs_no_job(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker comes back under another number, and its claims with it."""
    monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 0.05)
    go_on, claims_seen = asyncio.Event(), []

    async def handle(job: Job[ToyArgs]) -> None:
        claims_seen.append(job.fence)
        await go_on.wait()

    deferred = await defer(database)
    async with working(database, handle, [Slot(("toys",))]):
        await until(lambda: claims_seen)
        before = (await job(database, deferred.id))["worker_id"]
        await database.execute_row(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %(id)s",
            {"id": before},
        )

        async def renamed() -> bool:
            return (await job(database, deferred.id))["worker_id"] not in {None, before}

        await until(renamed)
        go_on.set()
        await has(database, deferred.id, status="succeeded", fence=1)


async def test_cleanup_runs_after_the_end_and_once_when_nothing_goes_wrong(database: Database) -> None:
    deferred = [await defer(database), await defer(database, CHUNKS)]
    async with working(database, succeed) as toys:
        for one in deferred:
            await until(lambda one=one: column(database, f"select 1 from cleaned where job_id = {one.id}"))  # type: ignore[misc] # noqa: S608
            await has(database, one.id, status="succeeded")
    assert toys.said == ["clean succeeded"] * 2
