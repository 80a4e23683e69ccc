"""Deferring, recording and cancelling."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.jobs import queue
from ecatalog.jobs.progress import JobError
from ecatalog.jobs.queue import Deferred, NewJob
from ecatalog.telemetry.context import bound

from .rows import claim, column, defer, job, set_job
from .toys import CHUNKS, PLAIN, TOY, ChunkArgs, ToyArgs


async def test_job_waits_in_its_queue_with_what_was_asked_and_by_whom(database: Database) -> None:
    with bound("request-7", "trace-7"):
        deferred = await defer(database, args=ToyArgs(name="seven"), subject="toy/7", user_id=7, locks=["a", "b"])
    row = await job(database, deferred.id)
    assert (row["task_id"], row["queue"], row["task"], row["args"]) == (
        deferred.task_id,
        "toys",
        "toy",
        {"name": "seven"},
    )
    assert (row["user_id"], row["request_id"], row["traceparent"]) == (7, "request-7", "trace-7")
    assert (row["status"], row["phase"], row["subject"], row["locks"]) == ("todo", "fetch", "toy/7", ["a", "b"])


async def test_job_of_a_transaction_that_is_rolled_back_is_not_there(database: Database) -> None:
    async def roll_back() -> None:
        async with database.transaction() as connection:
            await queue.defer(connection, TOY, ToyArgs())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await roll_back()
    assert await column(database, "select id from job") == []


async def test_third_start_is_given_the_second(database: Database) -> None:
    started = [await defer(database, queueing_lock="one", at_most=2) for _ in range(4)]
    assert started[0] != started[1]
    assert started[1] == started[2] == started[3]
    await set_job(database, started[0].id, "status = 'failed', finished_at = now()")
    assert await defer(database, queueing_lock="one", at_most=2) not in started


async def test_hundred_starts_at_once_make_as_many_as_may_be(database: Database) -> None:
    """Each waits for the one before it and counts what that made."""
    started = await asyncio.gather(*(defer(database, queueing_lock="one", at_most=2) for _ in range(100)))
    assert await column(database, "select id from job order by id") == sorted({one.id for one in started})
    assert len({*started}) == 2


async def test_ids_of_jobs_that_share_a_lock_grow_in_the_order_of_their_commits(database: Database) -> None:
    """Otherwise a younger job would be claimed while an older one is not visible yet."""
    async with database.transaction() as first:
        older = await queue.defer(first, TOY, ToyArgs(), locks=["one"])
        younger = asyncio.create_task(defer(database, locks=["two", "one"]))
        unrelated = await defer(database, locks=["three"])
        assert not younger.done()
    assert older.id < unrelated.id < (await younger).id


async def test_many_are_deferred_in_their_order_and_those_without_room_are_the_present_ones(database: Database) -> None:
    present = await defer(database, PLAIN, queueing_lock="b", at_most=1)
    new = [NewJob(ToyArgs(name=name), f"toy/{name}", (), name) for name in "abc"]
    async with database.transaction() as connection:
        made = await queue.defer_many(connection, PLAIN, new, at_most=1)
    assert made[1] == present
    assert await column(database, "select subject from job order by id") == ["", "toy/a", "toy/c"]
    assert made[0].id < made[2].id


async def test_start_is_published_once(database: Database) -> None:
    first = await defer(database, queueing_lock="one", at_most=1)
    assert await defer(database, queueing_lock="one", at_most=1) == first
    assert await column(database, "select status from change") == ["fetching"]


async def test_recorded_job_has_succeeded_with_its_numbers(database: Database, worker_id: int) -> None:
    errors = [JobError("C-1", "wrong", 4, {"errors": [1]})]
    async with database.transaction() as connection:
        recorded = await queue.record(
            connection, CHUNKS, ChunkArgs(), total=4, created=1, updated=2, unchanged=1, errors=errors, user_id=7
        )
    row = await job(database, recorded.id)
    assert (row["status"], row["phase"], row["total"], row["processed"]) == ("succeeded", "apply", 4, 4)
    assert (row["created"], row["updated"], row["unchanged"], row["errors"]) == (1, 2, 1, 1)
    assert await column(database, "select (code, error, row, details::text)::text from job_error") == [
        '(C-1,wrong,4,"{""errors"":[1]}")'
    ]
    before_its_end = "select e.created_at between j.created_at and j.finished_at from job_error e join job j on true"
    assert await column(database, before_its_end) == [True]
    assert await claim(database, worker_id, "chunks") is None


async def test_what_does_not_add_up_cannot_be_recorded(database: Database) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        async with database.transaction() as connection:
            await queue.record(connection, CHUNKS, ChunkArgs(), total=3, created=2)
    with pytest.raises(psycopg.errors.CheckViolation):
        async with database.transaction() as connection:
            await queue.record(connection, CHUNKS, ChunkArgs(), total=2, processed=2, created=1)


async def test_cancelled_job_has_ended_at_once_and_stays_so(database: Database, worker_id: int) -> None:
    deferred = await defer(database)
    async with database.transaction() as connection:
        assert await queue.cancel(connection, deferred.id, "Cancelled by user 7")
        assert await queue.cancel(connection, deferred.id, "Cancelled by user 8") is None
        assert await queue.fail(connection, deferred.id, "too late") is None
    row = await job(database, deferred.id)
    assert (row["status"], row["error"]) == ("cancelled", "Cancelled by user 7")
    assert row["finished_at"] is not None
    assert await claim(database, worker_id) is None
    assert await column(database, "select status from change order by id") == ["fetching", "error"]


async def test_moved_job_waits_in_the_other_queue(database: Database, worker_id: int) -> None:
    deferred: Deferred = await defer(database)
    async with database.transaction() as connection:
        await queue.move(connection, deferred.id, "toys.small")
    assert await claim(database, worker_id) is None
    found = await claim(database, worker_id, "toys.small")
    assert found is not None
    assert found.id == deferred.id


async def test_full_queueing_lock_that_empties_meanwhile_has_room(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job that was counted ends before it is looked up: then another one is made after all."""
    first = await defer(database, queueing_lock="one", at_most=1)
    look = queue._present

    async def after_the_end(*arguments: Any) -> dict[UUID, Deferred]:
        await set_job(database, first.id, "status = 'failed', finished_at = now()")
        return await look(*arguments)

    monkeypatch.setattr(queue, "_present", after_the_end)
    assert await defer(database, queueing_lock="one", at_most=1) != first
