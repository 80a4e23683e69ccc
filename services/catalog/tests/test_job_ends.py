"""What becomes of imports and descriptions that have ended."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from catalog.descriptions.job import CLEAR, DESCRIBE
from catalog.imports.job import IMPORT
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.db.database import Database
from ecatalog.jobs.maintenance import Maintenance
from ecatalog.jobs.task import Task

TASKS = (IMPORT, DESCRIBE, CLEAR)
PARTS = (
    "insert into import_file (job_id, n, data) select id, 0, 'x' from job",
    "insert into import_chunk (job_id, chunk) select id, 0 from job",
    "insert into description_todo (job_id, row_id) select id, 1 from job",
    "insert into description_claim (kind, row_id, job_id, fence, status_before)"
    " select 'nomenklatura', n.id, j.id, j.fence, 'FAILED' from job j, nomenklatura n",
)
LEFT = """
    select (select count(*) from import_file) + (select count(*) from import_chunk)
           + (select count(*) from description_todo) + (select count(*) from description_claim)
"""
ADD = """
    insert into job (task_id, queue, task, args, status, total, finished_at, cleaned_at)
    values (gen_random_uuid(), 'q', %(task)s, '{}', %(status)s, 0, now() - make_interval(days => %(days)s::int), now())
"""
ROW = "insert into nomenklatura (code_1c, name, enrichment_status) values ('N', 'N', 'IN_PROGRESS')"
STATUS = "select enrichment_status from nomenklatura"


@pytest.fixture
async def database(settings: CatalogSettings, fresh: None) -> AsyncIterator[Database]:  # noqa: ARG001 - for its effect
    database = Database(settings.dsn)
    yield database
    await database.close()


async def add(database: Database, task: Task[Any, Any], status: str, days: int) -> None:
    await database.execute(ADD, {"task": task.name, "status": status, "days": days})


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
async def test_cleanup_that_runs_twice_changes_nothing_more(
    database: Database, settings: CatalogSettings, task: Task[Any, Any], status: str
) -> None:
    """A worker may die between cleaning up and noting it."""
    maintenance = Maintenance(database, TASKS, WorkerContext(settings))
    await add(database, task, status, 0)
    await database.execute(ROW)
    (before,) = await database.fetch_rows("select to_jsonb(j) - 'cleaned_at' from job j")
    parts = PARTS[:2] if task is IMPORT else PARTS[2:]
    for _ in range(2):
        for part in parts:
            await database.execute(part)
        await database.execute("update job set cleaned_at = null")
        await maintenance.clean()
        assert await database.fetch_value(LEFT) == 0
        assert await database.fetch_value("select count(*) from job where cleaned_at is null") == 0
        assert await database.fetch_rows("select to_jsonb(j) - 'cleaned_at' from job j") == [before]
    assert await database.fetch_value(STATUS) == ("IN_PROGRESS" if task is IMPORT else "FAILED")


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
async def test_jobs_are_kept_for_a_week(database: Database, settings: CatalogSettings, task: Task[Any, Any]) -> None:
    for status in ("succeeded", "failed", "cancelled"):
        for days in (6, 8):
            await add(database, task, status, days)
    assert await Maintenance(database, TASKS, WorkerContext(settings)).drop_old() == 3
    assert await database.fetch_value("select count(*) from job where finished_at < now() - interval '7 days'") == 0
