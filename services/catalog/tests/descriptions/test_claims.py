"""Claims of rows: they hold as long as somebody holds their job under the same fence, and are freed after that."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import psycopg
import pytest
from catalog.descriptions.job import CLEAR, DESCRIBE
from catalog.descriptions.outcomes import RowResult
from catalog.descriptions.saving import Saver
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.db.database import Database
from ecatalog.jobs.liveness import LOCK_CLASS
from ecatalog.jobs.maintenance import Maintenance
from ecatalog.testing.client import until

from .rows import add_products, describe, described, sql, waiting

pytestmark = pytest.mark.usefixtures("fresh")

FENCE = 3
_JOB = """
    insert into job (task_id, queue, task, args, status, finished_at, fence, worker_id, lease_until)
    values (gen_random_uuid(), 'describe', 'describe', '{"kind": "nomenklatura"}', %s,
            case when %s = 'doing' then null else now() end, 3, 77, now() + interval '1 hour') returning id
"""
_CLAIM = """
    insert into description_claim (kind, row_id, job_id, fence, status_before)
    select 'nomenklatura', id, %s, %s, 'FAILED' from nomenklatura where code_1c = %s
"""


@contextmanager
def held_job(settings: CatalogSettings, status: str) -> Iterator[int]:
    """A job that somebody holds while the context lasts; its id."""
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s, 77)", [LOCK_CLASS])
        row = connection.execute(_JOB, [status, status]).fetchone()
        assert row
        yield row[0]
        connection.execute("update job set worker_id = null, lease_until = null where id = %s", [row[0]])


def claim(settings: CatalogSettings, job_id: int, code: str, fence: int = FENCE) -> None:
    sql(settings, _CLAIM, [job_id, fence, code])


@pytest.mark.parametrize("status", ["doing", "cancelled", "failed"])
async def test_claim_holds_while_its_job_is_held_and_not_longer(with_model: CatalogSettings, status: str) -> None:
    """A cancelled job may still be saving what it received."""
    add_products(with_model, 4)
    with held_job(with_model, status) as job_id:
        claim(with_model, job_id, "N1", FENCE - 1)
        claim(with_model, job_id, "N2")
        claim(with_model, job_id + 1000, "N3")
        running = asyncio.create_task(describe(with_model))
        await until(lambda: len(described(with_model)) == 3)
        assert "Product 2" not in described(with_model)
        assert not running.done()
    assert (await running).done == 4
    assert sql(with_model, "select count(*) from description_claim") == [(0,)]


async def test_claims_that_others_meet_end_without_a_deadlock(with_model: CatalogSettings) -> None:
    add_products(with_model, 3)
    with held_job(with_model, "doing") as job_id, psycopg.connect(with_model.dsn) as locking:
        for code in ("N1", "N3"):
            claim(with_model, job_id, code)
        locking.execute("select from nomenklatura where code_1c = 'N3' for update")
        job = SimpleNamespace(id=job_id, fence=FENCE)
        saver = Saver(job, NOMENKLATURA, "ru", overwrite=False, review=False)  # type: ignore[arg-type]  # enough of a job
        first, _, last = (row_id for (row_id,) in sql(with_model, "select id from nomenklatura order by id"))
        database = Database(with_model.dsn)

        async def save() -> None:
            async with database.transaction() as connection:
                await saver.save(connection, [RowResult(last, "done", text="<p>3</p>"), RowResult(first, "failed")])

        saving = asyncio.create_task(save())
        await until(lambda: len(waiting(with_model)) == 1)
        running = asyncio.create_task(describe(with_model))
        await until(lambda: len(waiting(with_model)) == 2)
        locking.rollback()
        await saving
        await database.close()
        assert (await running).done == 2
    assert described(with_model)["Product 3"] == "<p>3</p>"
    assert sql(with_model, "select count(*) from description_claim") == [(0,)]


async def test_what_a_dead_holder_left_is_put_right_when_its_job_has_ended(with_model: CatalogSettings) -> None:
    add_products(with_model, 2)
    sql(with_model, "update nomenklatura set enrichment_status = 'IN_PROGRESS'")
    with held_job(with_model, "cancelled") as left:
        pass
    sql(with_model, "insert into description_todo (job_id, row_id) select %s, id from nomenklatura", [left])
    claim(with_model, left, "N1")
    with held_job(with_model, "cancelled") as held:
        sql(with_model, "insert into description_todo (job_id, row_id) select %s, id from nomenklatura", [held])
        claim(with_model, held, "N2")
        database = Database(with_model.dsn)
        maintenance = Maintenance(database, [DESCRIBE, CLEAR], WorkerContext(with_model))
        for _ in range(2):
            await maintenance.clean()
        await database.close()
        assert sql(with_model, "select job_id, fence from description_claim") == [(held, FENCE)]
        assert sql(with_model, "select distinct job_id from description_todo") == [(held,)]
    statuses = sql(with_model, "select code_1c, enrichment_status from nomenklatura order by 1")
    assert statuses == [("N1", "FAILED"), ("N2", "IN_PROGRESS")]
