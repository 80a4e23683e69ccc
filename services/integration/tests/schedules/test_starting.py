"""Schedules start runs of their integration, by a clock that the tests move."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from ecatalog.db.database import Database
from ecatalog.jobs.scheduler import WAIT, Scheduler
from ecatalog.jobs.timing import Timing
from ecatalog.testing.client import until
from ecatalog.testing.moved_clock import MovedClock
from integration.schedules.job import start as start_runs
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC
from integration.worker import create as create_worker

from ..builders import NOON, add_integration, add_project, add_schedule, cancel, count, start
from ..catalog import CatalogWorker
from ..onec import products, serving_products

EVERY_30 = Timing(30, None, "Asia/Tashkent")


@pytest.fixture
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOON)


@pytest.fixture
def scheduler(database: Database, clock: MovedClock) -> Scheduler:
    return Scheduler(database, {SYNC.name: start_runs}, clock)


SHOWN = ("integration_id", "sync_type", "started_by", "mode")


async def started(database: Database) -> list[dict[str, Any]]:
    """What matters of the arguments of all runs, the oldest first."""
    found = [orjson.loads(args) for (args,) in await database.fetch_rows("select args::text from job order by id")]
    return [{name: args[name] for name in SHOWN} for args in found]


async def missed(database: Database) -> int:
    return int(await database.fetch_value("select sum(missed) from job_schedule"))


async def test_due_schedule_starts_a_run_of_each_stream(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_30, "nomenklatura", "clients")
    clock.move(minutes=30)
    await scheduler.start_due()
    assert await started(database) == [
        {"integration_id": integration, "sync_type": stream, "started_by": "schedule", "mode": "full"}
        for stream in ("nomenklatura", "clients")
    ]
    assert await count(database, "job where user_id is null and queueing_lock = locks[1]") == 2
    assert await count(database, "outbox where type ~ 'sync.changed'") == 2


@pytest.mark.parametrize("status", ["todo", "doing"])
async def test_run_that_waits_or_works_is_not_doubled(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock, status: str
) -> None:
    by_hand = await start(database, integration)
    await database.execute("update job set status = %(status)s", {"status": status})
    await add_schedule(database, integration, EVERY_30, "nomenklatura", "clients")
    clock.move(minutes=30)
    await scheduler.start_due()
    assert await count(database, "job") == 1
    await cancel(database, by_hand)
    clock.move(seconds=WAIT.total_seconds())
    await scheduler.start_due()
    assert await count(database, "job where status = 'todo'") == 2
    assert await missed(database) == 0


async def test_run_of_another_stream_or_integration_blocks_nothing(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock
) -> None:
    await start(database, integration, "clients")
    await start(database, await add_integration(database, name="other"))
    await add_schedule(database, integration, EVERY_30)
    clock.move(minutes=30)
    await scheduler.start_due()
    assert (await started(database))[2:] == [
        {"integration_id": integration, "sync_type": "nomenklatura", "started_by": "schedule", "mode": "full"}
    ]


async def test_run_that_takes_longer_than_the_period_is_followed_by_one_run(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock
) -> None:
    await add_schedule(database, integration, Timing(5, None, "Asia/Tashkent"))
    clock.move(minutes=5)
    await scheduler.start_due()
    for _ in range(17):
        clock.move(minutes=1)
        await scheduler.start_due()
    assert await count(database, "job") == 1
    await database.execute("update job set status = 'succeeded', finished_at = now(), total = 0")
    clock.move(seconds=WAIT.total_seconds())
    await scheduler.start_due()
    assert (await count(database, "job"), await missed(database)) == (2, 2)


@pytest.mark.parametrize("state", ["is_paused = true", "is_active = false"])
async def test_nothing_starts_while_the_integration_is_paused_or_off(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock, state: str
) -> None:
    await add_schedule(database, integration, EVERY_30)
    await database.execute(f"update integration set {state}")  # noqa: S608 - the test's own texts
    for _ in range(4):
        clock.move(minutes=30)
        await scheduler.start_due()
    assert await count(database, "job") == 0
    await database.execute("update integration set is_paused = false, is_active = true")
    clock.move(seconds=WAIT.total_seconds())
    await scheduler.start_due()
    assert (await count(database, "job"), await missed(database)) == (1, 3)


async def test_pause_ends_by_itself(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_30)
    ends = {"until": NOON + timedelta(minutes=40)}
    await database.execute("update integration set is_paused = true, paused_until = %(until)s", ends)
    clock.move(minutes=30)
    await scheduler.start_due()
    assert await count(database, "job") == 0
    clock.move(minutes=11)
    await scheduler.start_due()
    assert (await count(database, "job"), await missed(database)) == (1, 0)


@pytest.mark.parametrize("change", ["is_deleted = true", "kind = 'commerceml-exchange'"])
async def test_schedule_of_an_integration_that_nobody_calls_any_longer_goes(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock, change: str
) -> None:
    await add_schedule(database, integration, EVERY_30)
    await database.execute(f"update integration set {change}")  # noqa: S608 - the test's own texts
    clock.move(minutes=30)
    await scheduler.start_due()
    assert (await count(database, "job"), await count(database, "job_schedule")) == (0, 0)


async def test_worker_that_was_away_for_three_hours_makes_up_one_run(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_30)
    await add_schedule(database, integration, Timing(None, "0 18 * * *", "Asia/Tashkent"), "clients")
    clock.move(hours=3)
    await scheduler.start_due()
    assert [args["sync_type"] for args in await started(database)] == ["nomenklatura", "clients"]
    assert await missed(database) == 5


async def test_of_two_workers_one_starts_each_due_run(database: Database, integration: int, clock: MovedClock) -> None:
    for _ in range(3):
        await add_schedule(database, await add_integration(database, name="other"), EVERY_30)
    await add_schedule(database, integration, EVERY_30)
    workers = [Scheduler(database, {SYNC.name: start_runs}, clock) for _ in range(2)]
    for number in range(1, 4):
        clock.move(minutes=30)
        await asyncio.gather(*(worker.start_due() for worker in workers))
        assert await count(database, "job") == 4 * number
        await database.execute("update job set status = 'succeeded', finished_at = now(), total = 0")
    assert await missed(database) == 0


async def test_start_by_hand_and_by_schedule_at_one_moment_make_one_run_more_at_most(
    database: Database, integration: int, scheduler: Scheduler, clock: MovedClock
) -> None:
    await add_schedule(database, integration, EVERY_30)
    clock.move(minutes=30)
    await asyncio.gather(scheduler.start_due(), *(start(database, integration) for _ in range(20)))
    assert await count(database, "job") == 2
    assert await count(database, "job where args ->> 'started_by' = 'schedule'") <= 1


@pytest.fixture
async def worker(settings: IntegrationSettings, catalog_worker: CatalogWorker) -> AsyncIterator[CatalogWorker]:
    async with create_worker(settings).working():
        yield catalog_worker


@pytest.mark.usefixtures("worker")
async def test_worker_runs_what_is_due(database: Database) -> None:
    """The whole way, by the real clock: the schedule was due before the worker came."""
    await add_project(database)
    async with serving_products(products(20)) as onec:
        integration = await add_integration(database, onec.url())
        await add_schedule(database, integration, EVERY_30, now=datetime.now(UTC) - timedelta(minutes=31))

        async def is_done() -> bool:
            return await count(database, "job where status = 'succeeded' and created = 20") == 1

        await until(is_done)
