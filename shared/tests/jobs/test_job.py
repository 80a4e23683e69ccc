"""What a handler may do: transactions under a fence, progress, results from outside."""

import asyncio

import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.jobs import progress
from ecatalog.jobs.job import Job, NotFenced
from ecatalog.jobs.liveness import WorkerLiveness
from ecatalog.jobs.metrics import FINISHED, ITEMS
from ecatalog.jobs.progress import JobError
from ecatalog.jobs.state import JobState
from ecatalog.jobs.task import JobLost

from .rows import claimed, column, defer, job, set_job
from .toys import CHUNKS, ChunkArgs

WRITE = "insert into effect (job_id, chunk) values (%(id)s, 0)"


@pytest.fixture
async def ours(database: Database, worker_id: int) -> Job[ChunkArgs]:
    await defer(database, CHUNKS, args=ChunkArgs(chunks=7))
    held = await claimed(database, worker_id, "chunks")
    return Job(database, WorkerLiveness(database.dsn).listener, CHUNKS, held)


async def effects(database: Database) -> int:
    return len(await column(database, "select 1 from effect"))


async def test_handler_reads_what_was_asked(ours: Job[ChunkArgs]) -> None:
    assert (ours.args, ours.phase, ours.fence) == (ChunkArgs(chunks=7), "fetch", 1)


@pytest.mark.parametrize("end", ["advance", "hold"])
async def test_transaction_under_the_fence_commits(database: Database, ours: Job[ChunkArgs], end: str) -> None:
    async with ours.transaction() as connection:
        await execute(connection, WRITE, {"id": ours.id})
        await getattr(ours, end)(connection)
    assert await effects(database) == 1


async def test_transaction_without_the_fence_does_not_commit(database: Database, ours: Job[ChunkArgs]) -> None:
    async with ours.transaction() as connection:
        await ours.hold(connection)
    for _ in range(16):  # whichever connection it is, one that was fenced before is not fenced now
        with pytest.raises(NotFenced):
            async with ours.transaction() as connection:
                await execute(connection, WRITE, {"id": ours.id})
    assert await effects(database) == 0


@pytest.mark.parametrize("end", ["advance", "hold"])
async def test_writes_of_a_holder_that_was_replaced_are_rolled_back(
    database: Database, ours: Job[ChunkArgs], end: str
) -> None:
    await set_job(database, ours.id, "fence = fence + 1")

    async def write() -> None:
        async with ours.transaction() as connection:
            await execute(connection, WRITE, {"id": ours.id})
            await getattr(ours, end)(connection)

    with pytest.raises(JobLost):
        await write()
    assert await effects(database) == 0


async def test_lock_of_a_lost_job_is_not_released(database: Database, ours: Job[ChunkArgs]) -> None:
    await set_job(database, ours.id, "fence = fence + 1, locks = '{a}'")
    with pytest.raises(JobLost):
        async with ours.transaction() as connection:
            await ours.release_lock(connection, "a")
    assert (await job(database, ours.id))["locks"] == ["a"]


async def test_transaction_of_a_frozen_handler_is_ended_by_the_server(ours: Job[ChunkArgs]) -> None:
    for fenced in (True, False):
        async with ours.transaction() if fenced else ours.unfenced_transaction() as connection:
            cursor = await execute(connection, "show idle_in_transaction_session_timeout")
            assert await cursor.fetchone() == ("20s",)
            if fenced:
                await ours.hold(connection)


async def test_results_are_added_although_the_job_is_lost(database: Database, ours: Job[ChunkArgs]) -> None:
    await set_job(database, ours.id, "fence = fence + 1")
    async with ours.unfenced_transaction() as connection:
        await progress.add_result(connection, ours.id, updated=1)
    assert (await job(database, ours.id))["updated"] == 1


async def test_numbers_are_added_and_texts_replaced(database: Database, ours: Job[ChunkArgs]) -> None:
    for message in ("one", "two"):
        async with ours.transaction() as connection:
            state = await ours.advance(
                connection, created=1, updated=2, unchanged=1, skipped=1, errors=[JobError("C", message)],
                errors_written=1, counters={"tokens": 5, message: 1}, total=20, phase="apply", message=message,
                warnings=[message], result={"held": True},
            )  # fmt: skip
    row = await job(database, ours.id)
    numbers = [row[name] for name in ("total", "processed", "created", "updated", "unchanged", "skipped", "errors")]
    assert numbers == [20, 12, 2, 4, 2, 2, 4]
    assert row["counters"] == {"tokens": 10, "one": 1, "two": 1}
    assert (row["message"], row["warnings"], row["result"]) == ("two", b'["two"]', b'{"held":true}')
    assert await column(database, "select error from job_error order by id") == ["one", "two"]
    assert (ours.phase, state.phase, row["status"]) == ("apply", "apply", "doing")


async def test_phase_of_a_transaction_that_is_rolled_back_is_not_reached(ours: Job[ChunkArgs]) -> None:
    async def roll_back() -> None:
        async with ours.transaction() as connection:
            await ours.advance(connection, phase="apply")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await roll_back()
    assert ours.phase == "fetch"


async def test_job_ends_with_its_last_row_and_only_where_that_is_said(database: Database, ours: Job[ChunkArgs]) -> None:
    finished = FINISHED.labels("chunks", "succeeded")._value
    before = finished.get()
    async with ours.transaction() as connection:
        await ours.advance(connection, total=4, created=2, last=True)
    async with ours.transaction() as connection:
        state = await ours.advance(connection, updated=2)
        assert (state.status, state.processed) == ("doing", 4)
        state = await ours.advance(connection, last=True)
        assert finished.get() == before
    assert (state.status, state.wire_status, state.args) == ("succeeded", "completed", ours.args)
    assert finished.get() == before + 1
    assert await column(database, "select status from change order by id") == ["fetching", "completed"]


async def test_empty_job_ends_where_its_total_becomes_known(ours: Job[ChunkArgs]) -> None:
    async with ours.transaction() as connection:
        assert (await ours.advance(connection, last=True)).status == "doing"
        assert (await ours.advance(connection, total=0, last=True)).status == "succeeded"


@pytest.mark.parametrize(("processed", "created"), [(4, 3), (5, 5), (4, 5)])
async def test_job_whose_numbers_do_not_add_up_fails_with_the_sentence_of_its_task(
    database: Database, ours: Job[ChunkArgs], processed: int, created: int
) -> None:
    async with ours.transaction() as connection:
        await ours.advance(connection, total=4, processed=processed, created=created, last=True)
    row = await job(database, ours.id)
    assert (row["status"], row["error"]) == ("failed", "The chunks do not add up.")


async def test_rows_are_counted_by_their_outcome_after_the_commit(ours: Job[ChunkArgs]) -> None:
    outcomes = ("created", "updated", "unchanged", "skipped", "errors")

    def counted() -> list[float]:
        return [ITEMS.labels("chunks", name)._value.get() for name in outcomes]

    before = counted()
    async with ours.transaction() as connection:
        await ours.advance(
            connection, created=1, updated=5, unchanged=2, skipped=4, errors=[JobError(None, "")], errors_written=6
        )
        assert counted() == before
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 3, 2, 4, 7]


async def add_result(database: Database, job_id: int, created: int) -> JobState | None:
    async with database.transaction() as connection:
        return await progress.add_result(connection, job_id, created=created, last=True)


async def test_result_from_outside_ends_the_job_of_any_holder(database: Database, ours: Job[ChunkArgs]) -> None:
    await set_job(database, ours.id, "total = 3, phase = 'apply', fence = 9")
    await add_result(database, ours.id, 2)
    state = await add_result(database, ours.id, 1)
    assert state is not None
    assert (state.status, state.created) == ("succeeded", 3)


async def test_late_result_is_counted_in_a_cancelled_job(database: Database, ours: Job[ChunkArgs]) -> None:
    await set_job(database, ours.id, "total = 3, status = 'cancelled', finished_at = now()")
    state = await add_result(database, ours.id, 3)
    assert state is not None
    assert (state.status, state.processed, state.created) == ("cancelled", 3, 3)


async def test_result_of_a_job_that_is_gone_adds_nothing(database: Database) -> None:
    assert await add_result(database, 99, 1) is None


async def test_job_whose_rows_are_listed_after_it_was_deferred_ends_when_there_are_none(database: Database) -> None:
    deferred = await defer(database, CHUNKS)
    async with database.transaction() as connection:
        errors = [JobError("C-1", "Not found.")]
        state = await progress.add_result(connection, deferred.id, total=1, errors=errors, last=True)
    assert state is not None
    assert (state.status, state.errors) == ("succeeded", 1)


async def test_result_wakes_the_handler(database: Database, ours: Job[ChunkArgs]) -> None:
    liveness = WorkerLiveness(database.dsn)
    listening = asyncio.create_task(liveness.run())
    await liveness.wait()
    await asyncio.wait_for(liveness.listener.next().wait(), 10)
    job = Job(database, liveness.listener, CHUNKS, ours.claimed)
    result = job.next_result()
    await add_result(database, job.id, 1)
    await asyncio.wait_for(result.wait(), 10)
    await stop([listening])
