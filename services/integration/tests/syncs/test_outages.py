"""Syncs whose PostgreSQL is away: each row is applied and counted once."""

from typing import Any

import pytest
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.http.internal_client import InternalClient
from ecatalog.testing.statements import Steps, cut, hurry
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC, SyncContext
from integration.worker import create

from ..builders import add_integration, add_project, start, sync
from ..catalog import CatalogWorker
from ..onec import product, products, serving_products


@pytest.mark.soak
async def test_outage_at_each_statement_costs_no_row(
    database: Database, broker: Broker, settings: IntegrationSettings, catalog_worker: CatalogWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    hurry(monkeypatch)
    await add_project(database)
    worker = create(settings)  # its consumer counts the results
    worker.loops.clear()
    async with serving_products([*products(25), product(None)]) as onec, worker.working():
        integration = await add_integration(database, onec.url())

        async def begin(_: int) -> int:
            catalog_worker.rows.clear()
            job_id: int = (await sync(database, await start(database, integration)))["id"]
            return job_id

        async def check(job: dict[str, Any]) -> None:
            numbers = ("status", "total", "created", "errors", "failures", "interruptions")
            assert [job[name] for name in numbers] == ["succeeded", 26, 25, 1, 0, 0]
            assert len(catalog_worker.rows) == 25

        context = SyncContext(broker, settings, InternalClient(settings))
        steps = Steps(database, SYNC, context, begin, monkeypatch, most=60)
        assert await steps.each(lambda _: cut, check) > 20
    assert await database.fetch_value("select count(*) from staged_row") == 0
