"""A command that runs a job itself."""

import asyncio

import psycopg
import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.here import run_here
from ecatalog.jobs.job import Job
from ecatalog.jobs.maintenance import Maintenance
from ecatalog.jobs.task import TaskCancelled

from .rows import TASKS, column, job, set_job
from .toys import PLAIN, TOY, ToyArgs, Toys


async def test_command_runs_its_own_job(database: Database) -> None:
    states = []

    async def handle(job: Job[ToyArgs]) -> None:
        async with job.transaction() as connection:
            await job.advance(connection, updated=2, counters={"tokens": 7})
        states.append(await column(database, "select status || queue from job"))

    await run_here(database, PLAIN, ToyArgs(), handle, subject="command")
    (job_id,) = await column(database, "select id from job")
    row = await job(database, job_id)
    assert states == [["doinghere"]]
    assert (row["status"], row["total"], row["updated"], row["subject"]) == ("succeeded", None, 2, "command")


async def count_one(job: Job[ToyArgs]) -> None:
    async with job.transaction() as connection:
        await job.advance(connection, updated=1)


@pytest.mark.parametrize("how", ["interrupted", "stopped", "failed", "outage"])
async def test_command_that_does_not_come_to_its_end_keeps_what_it_did(database: Database, how: str) -> None:
    counted = asyncio.Event()
    errors = {"stopped": TaskCancelled("Enough."), "failed": ValueError("?"), "outage": psycopg.OperationalError("?")}

    async def handle(job: Job[ToyArgs]) -> None:
        await count_one(job)
        counted.set()
        if how in errors:
            raise errors[how]
        await asyncio.Event().wait()

    running = asyncio.create_task(run_here(database, TOY, ToyArgs(), handle))
    await counted.wait()
    if how == "interrupted":
        running.cancel()
    (error,) = await asyncio.gather(running, return_exceptions=True)
    assert type(error) is {"interrupted": asyncio.CancelledError, "stopped": type(None)}.get(how, type(errors.get(how)))
    (found,) = await database.fetch_rows("select status, error, updated, worker_id from job")
    interrupted = ("cancelled", "The command was interrupted.", 1, None)
    assert found == {
        "interrupted": interrupted, "outage": interrupted, "stopped": ("cancelled", "Enough.", 1, None),
        "failed": ("failed", "The toy failed.", 1, None),
    }[how]  # fmt: skip


@pytest.mark.usefixtures("settled")
async def test_command_that_was_killed_is_ended_by_maintenance(database: Database) -> None:
    tidying = Maintenance(database, TASKS, Toys())
    kept = asyncio.Event()

    async def handle(_: Job[ToyArgs]) -> None:
        kept.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(run_here(database, PLAIN, ToyArgs(), handle))
    await kept.wait()
    await tidying.give_up()
    assert await column(database, "select status from job") == ["doing"]
    (number,) = await column(database, "select worker_id from job")
    await set_job(database, 1, "worker_id = 1")  # as if nobody held the lock of its worker
    await tidying.give_up()
    assert number != 1
    assert await column(database, "select status || coalesce(error, '') from job") == ["failedThe plain one failed."]
    await stop([running])
