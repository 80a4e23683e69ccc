import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.notify import Bell
from ecatalog.testing.client import until
from integration.settings import IntegrationSettings
from integration.tasks.bell import CHANNEL
from integration.tasks.presence import Presence
from integration.tasks.queue import Lease, LeaseLost, beat, claim, hold, release
from integration.tasks.service import fail
from sqlalchemy import text

from ..builders import add_integration, add_project, start, task


@asynccontextmanager
async def present(settings: IntegrationSettings) -> AsyncIterator[int]:
    """A worker that lives while the context lasts; its number."""
    presence = Presence(settings.dsn, Bell(CHANNEL))
    running = asyncio.create_task(presence.run())
    yield await presence.wait()
    await stop([running])


@pytest.fixture
async def worker(settings: IntegrationSettings) -> AsyncIterator[int]:
    async with present(settings) as owner:
        yield owner


@pytest.fixture
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database)


async def claimed(database: Database, owner: int) -> Lease:
    lease = await claim(database, owner)
    assert lease is not None
    return lease


async def test_empty_queue_gives_nothing(database: Database, worker: int) -> None:
    assert await claim(database, worker) is None


async def test_task_is_given_to_one_of_many(database: Database, integration: int, worker: int) -> None:
    await start(database, integration)
    leases = await asyncio.gather(*(claim(database, worker) for _ in range(8)))
    assert [lease.fence for lease in leases if lease] == [1]


async def test_second_of_the_same_type_waits_until_the_first_has_ended(
    database: Database, integration: int, worker: int
) -> None:
    first, second = await start(database, integration), await start(database, integration)
    assert (await claimed(database, worker)).task_id == first
    assert await claim(database, worker) is None
    async with database.session() as session:
        await fail(session, first, "over")
    assert (await claimed(database, worker)).task_id == second


async def test_one_source_is_asked_for_one_list_at_a_time(database: Database, integration: int, worker: int) -> None:
    products, clients = await start(database, integration), await start(database, integration, "clients")
    assert (await claimed(database, worker)).task_id == products
    assert await claim(database, worker) is None
    async with database.session() as session:
        await session.execute(text("update sync_task set status = 'processing' where task_id = :id"), {"id": products})
    assert (await claimed(database, worker)).task_id == clients


async def test_different_integrations_run_side_by_side(database: Database, integration: int, worker: int) -> None:
    other = await add_integration(database, name="other")
    started = {await start(database, integration), await start(database, other)}
    assert {(await claimed(database, worker)).task_id for _ in range(2)} == started


async def test_lease_of_a_living_worker_holds_until_it_runs_out(
    database: Database, integration: int, worker: int, settings: IntegrationSettings
) -> None:
    await start(database, integration)
    async with present(settings) as other:
        lease = await claimed(database, worker)
        assert await claim(database, other) is None
        async with database.session() as session:
            await session.execute(text("update sync_task set lease_until = now() - interval '1 ms'"))
        taken = await claimed(database, other)
    assert (taken.task_id, taken.fence) == (lease.task_id, lease.fence + 1)


async def test_task_of_a_dead_worker_is_free_at_once(
    database: Database, integration: int, worker: int, settings: IntegrationSettings
) -> None:
    await start(database, integration)
    async with present(settings) as killed:
        await claimed(database, killed)
    taken = await claimed(database, worker)
    assert taken.fence == 2


async def test_worker_whose_connection_is_cut_comes_back_under_another_number(
    database: Database, settings: IntegrationSettings
) -> None:
    presence = Presence(settings.dsn, Bell(CHANNEL))
    running = asyncio.create_task(presence.run())
    first = await presence.wait()
    async with database.session() as session:
        await session.execute(
            text("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = :owner"),
            {"owner": first},
        )
    await until(lambda: presence.owner != first)
    assert await presence.wait() != first
    await stop([running])


async def test_released_task_is_free(database: Database, integration: int, worker: int) -> None:
    await start(database, integration)
    await release(database, await claimed(database, worker))
    assert (await claimed(database, worker)).fence == 2


async def test_old_fence_neither_beats_nor_holds_nor_releases(
    database: Database, integration: int, worker: int
) -> None:
    await start(database, integration)
    old = await claimed(database, worker)
    await release(database, old)
    new = await claimed(database, worker)
    with pytest.raises(LeaseLost):
        await beat(database, old)
    with pytest.raises(LeaseLost):
        async with database.session() as session:
            await hold(session, old)
    await release(database, old)
    assert (await task(database, new.task_id))["lease_until"] is not None
    await beat(database, new)


async def test_cancelled_task_loses_its_lease(database: Database, integration: int, worker: int) -> None:
    task_id = await start(database, integration)
    lease = await claimed(database, worker)
    async with database.session() as session:
        await fail(session, task_id, "Cancelled")
    with pytest.raises(LeaseLost):
        await beat(database, lease)
    assert await claim(database, worker) is None
