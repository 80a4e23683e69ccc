"""Runs whose PostgreSQL is away: each row is applied, counted and remembered once."""

from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.http.internal_client import InternalClient
from ecatalog.testing.statements import Steps, cut, hurry
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC, SyncContext
from integration.worker import create

from ..builders import add_integration, add_project, count, sync
from ..catalog import CatalogWorker
from .loading import Loader
from .test_values import RETAIL, offers
from .writing import groups, products, whole


@pytest.mark.soak
async def test_outage_at_each_statement_costs_no_row(
    database: Database, broker: Broker, settings: IntegrationSettings, catalog_worker: CatalogWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    hurry(monkeypatch)
    await add_project(database)
    await add_integration(database, "", kind="commerceml-file")
    loader = Loader(database, catalog_worker.keyed)
    files = [whole(products(range(25)), before=groups()), offers(range(5, 30))]
    worker = create(settings)  # its consumer counts the results
    worker.loops.clear()

    async def begin(_: int) -> int:
        await loader.begin_anew()
        await loader.remap(RETAIL)
        job_id: int = (await sync(database, await loader.begin(*files)))["id"]
        return job_id

    async def check(job: dict[str, Any]) -> None:
        numbers = ("status", "total", "created", "updated", "skipped", "errors", "failures", "interruptions")
        assert [job[name] for name in numbers] == ["succeeded", 75, 25, 40, 10, 0, 0, 0]
        assert len(loader.catalog.rows) == 25
        kept = [await count(database, table) for table in ("source_record", "source_value", "source_parked")]
        assert kept == [25, 50, 10]

    client = InternalClient(settings, timeout=20)
    async with worker.working():
        steps = Steps(database, SYNC, SyncContext(broker, settings, client), begin, monkeypatch, most=200)
        assert await steps.each(lambda _: cut, check) > 60
    await client.close()
    assert await count(database, "staged_record") == await count(database, "ready_row") == 0
