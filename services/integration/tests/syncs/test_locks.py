"""Syncs that share a lock wait for each other."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.job import Job
from ecatalog.jobs.liveness import WorkerLiveness
from integration.syncs.args import SyncArgs

from ..builders import add_integration, add_project, cancel, claim, claimed, start


@pytest.fixture
async def worker(database: Database) -> AsyncIterator[int]:
    """The number of a worker that lives: nobody takes its syncs over."""
    liveness = WorkerLiveness(database.dsn)
    running = asyncio.create_task(liveness.run())
    yield await liveness.wait()
    await stop([running])


@pytest.fixture
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database)


async def fetched(job: Job[SyncArgs]) -> None:
    """Let go of the source, as with the commit of the list."""
    async with job.transaction() as connection:
        await job.release_lock(connection, job.args.fetch_lock)
        await job.hold(connection)


async def test_second_of_the_same_type_waits_until_the_first_has_ended(
    database: Database, integration: int, worker: int
) -> None:
    first, second = await start(database, integration), await start(database, integration)
    job = await claimed(database, worker)
    assert job.task_id == first
    assert await claim(database, worker) is None
    await fetched(job)
    assert await claim(database, worker) is None
    await cancel(database, first)
    assert (await claimed(database, worker)).task_id == second


async def test_one_source_is_asked_for_one_list_at_a_time(database: Database, integration: int, worker: int) -> None:
    products, clients = await start(database, integration), await start(database, integration, "clients")
    first = await claimed(database, worker)
    assert first.task_id == products
    assert await claim(database, worker) is None
    await fetched(first)
    assert (await claimed(database, worker)).task_id == clients


async def test_different_integrations_run_side_by_side(database: Database, integration: int, worker: int) -> None:
    other = await add_integration(database, name="other")
    started = {await start(database, integration), await start(database, other)}
    assert {(await claimed(database, worker)).task_id for _ in range(2)} == started
