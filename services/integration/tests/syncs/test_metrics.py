"""The metrics of syncs move with them."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.db.metrics import Readings
from ecatalog.events.broker import Broker
from ecatalog.testing.client import until
from integration.settings import IntegrationSettings
from integration.syncs.metrics import QUEUE, RUNNING, WAITING
from integration.worker import create
from prometheus_client import REGISTRY

from ..builders import add_integration, add_project, start, sync
from ..catalog import CatalogWorker
from ..onec import product, products, serving_products

pytestmark = pytest.mark.usefixtures("broker")


@pytest.fixture
async def worker(settings: IntegrationSettings, database: Database, broker: Broker) -> AsyncIterator[CatalogWorker]:
    """A worker, and the catalog that applies what it sends."""
    await add_project(database)
    async with create(settings).working(), CatalogWorker(broker).working() as catalog:
        yield catalog


def known(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"type": "nomenklatura", **labels}) or 0.0


def counted() -> list[float]:
    rows = [known("sync_rows_total", outcome=one) for one in ("created", "updated", "unchanged", "error")]
    ends = [known("syncs_ended_total", status=one) for one in ("completed", "error")]
    return [known("sync_rows_fetched_total"), *rows, *ends]


async def over(database: Database, integration: int) -> None:
    task_id = await start(database, integration)

    async def ended() -> bool:
        return (await sync(database, task_id))["status"] in ("completed", "error")

    await until(ended)


async def _counted_since(before: list[float], numbers: list[float]) -> bool:
    """They are counted after the commit, so a moment after everybody can see it."""
    return [after - early for after, early in zip(counted(), before, strict=True)] == numbers


async def test_rows_and_ends_are_counted_by_outcome(database: Database, worker: CatalogWorker) -> None:
    worker.refused = {"C-5"}
    before = counted()
    async with serving_products([*products(20), product(None)]) as onec:
        integration = await add_integration(database, onec.url())
        await over(database, integration)
        await over(database, integration)
    await until(lambda: _counted_since(before, [42, 19, 0, 19, 4, 2, 0]))


@pytest.mark.usefixtures("worker")
async def test_sync_that_fails_is_counted_as_such(database: Database) -> None:
    before = counted()
    async with serving_products(products(20)) as onec:
        await over(database, await add_integration(database, onec.url("401")))
    await until(lambda: _counted_since(before, [0, 0, 0, 0, 0, 0, 1]))


async def test_looking_at_the_queue_passes_over_no_task_that_ended(
    settings: IntegrationSettings, database: Database
) -> None:
    await database.execute(
        "insert into job (task_id, queue, task, args, status, finished_at)"
        " select uuidv7(), 'syncs', 'sync', '{}', 'failed', now() from generate_series(1, 5000)"
    )
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("vacuum analyze job")
        plan = "\n".join(row[0] for row in connection.execute(f"explain {QUEUE}".encode()))
    assert "job_queue" in plan


async def test_queue_tells_syncs_that_run_from_those_that_wait(database: Database, worker: CatalogWorker) -> None:
    worker.open.clear()
    page = Readings(database)
    page.add(QUEUE, RUNNING, WAITING)

    async def shows(running: int, waiting: int) -> bool:
        await page.refresh()
        told = [REGISTRY.get_sample_value(name) for name in ("syncs_running", "syncs_waiting")]
        return told == [running, waiting]

    async with serving_products(products(20)) as onec:
        integration = await add_integration(database, onec.url())
        await start(database, integration)
        await start(database, integration)
        await until(lambda: shows(1, 1))
        worker.open.set()
        await until(lambda: shows(0, 0))
