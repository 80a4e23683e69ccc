"""What becomes of a sync that has ended, and of starts at the same moment."""

import asyncio
from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.http.internal_client import InternalClient
from ecatalog.jobs.maintenance import Maintenance
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC, SyncContext

from ..builders import add_integration, add_project, at_work, cancel, count, start, sync

STAGED = "insert into staged_row (job_id, n, code, payload) select id, 0, 'C', '{}' from job"


@pytest.fixture
def maintenance(database: Database, broker: Broker, settings: IntegrationSettings) -> Maintenance[SyncContext]:
    return Maintenance(database, [SYNC], SyncContext(broker, settings, InternalClient(settings)))


async def test_hundred_starts_at_once_make_one_sync_that_runs_and_one_that_waits(database: Database) -> None:
    await add_project(database)
    integration = await add_integration(database)
    started = await asyncio.gather(*(start(database, integration) for _ in range(100)))
    rows = await database.fetch_rows("select task_id from job order by id")
    assert len(rows) == 2
    assert {*started} == {task_id for (task_id,) in rows}
    assert started.count(rows[0][0]) == 1


@pytest.mark.usefixtures("broker")
async def test_cleanup_that_runs_twice_changes_nothing_more(
    database: Database, maintenance: Maintenance[SyncContext]
) -> None:
    """A worker may die between cleaning up and noting it."""
    await add_project(database)
    task_id = await start(database, await add_integration(database))
    await at_work(database, task_id, [3, 3])
    await cancel(database, task_id)
    ended: list[dict[str, Any]] = []
    for _ in range(2):
        await database.execute(STAGED)
        await database.execute("update job set cleaned_at = null, worker_id = null, lease_until = null")
        await maintenance.clean()
        ended.append(await sync(database, task_id) | {"cleaned_at": None})
        assert await count(database, "staged_row") == 0
        assert await count(database, "job where cleaned_at is null") == 0
        assert await count(database, "sync_chunk") == 2, "late results are counted"
    assert ended[0] == ended[1]


async def test_syncs_are_kept_for_ever(database: Database, maintenance: Maintenance[SyncContext]) -> None:
    await add_project(database)
    task_id = await start(database, await add_integration(database))
    await cancel(database, task_id)
    await database.execute("update job set cleaned_at = now(), finished_at = now() - interval '20 years'")
    assert await maintenance.drop_old() == 0
    assert (await sync(database, task_id))["status"] == "error"
