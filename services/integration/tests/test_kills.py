"""Syncs whose workers are killed and frozen again and again: they end with the numbers of undisturbed ones."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from ecatalog.db.database import Database
from ecatalog.testing.client import until
from ecatalog.testing.processes import Workers, impatient_workers
from integration.settings import IntegrationSettings

from deploy.local.onec.wire import Request

from .builders import add_integration, add_project, cancel, count, start, sync
from .catalog import CatalogWorker
from .onec import product, products, serving_products

pytestmark = pytest.mark.usefixtures("broker")


@pytest.fixture
def workers(settings: IntegrationSettings) -> Iterator[Workers]:
    with impatient_workers("integration", settings) as started:
        yield started


async def ended(database: Database, task_id: UUID) -> dict[str, Any]:
    async def over() -> bool:
        return (await sync(database, task_id))["finished_at"] is not None

    await until(over, 240)
    return await sync(database, task_id)


def numbers(state: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(state[name] for name in ("status", "total", "processed", "created", "updated", "errors"))


@pytest.mark.soak
async def test_twelve_kills_change_no_number(
    workers: Workers, database: Database, catalog_worker: CatalogWorker
) -> None:
    await add_project(database)
    async with AsyncExitStack() as sources:
        syncs: list[tuple[UUID, UUID]] = []
        for number in range(3):
            items = [*products(300, f"S{number}"), product(None)]
            onec = await sources.enter_async_context(serving_products(items, delay=0.5))
            integration = await add_integration(database, onec.url(), name=f"1C {number}")
            syncs.append((await start(database, integration), await start(database, integration)))
        await asyncio.gather(*(workers.start() for _ in range(2)))
        await workers.kill_at_random(seed=12)
        states = [[await ended(database, task_id) for task_id in pair] for pair in syncs]
    for first, second in states:
        assert numbers(first) == ("completed", 301, 301, 300, 0, 1)
        assert numbers(second) == ("completed", 301, 301, 0, 300, 1)
        assert first["finished_at"] <= second["finished_at"]
    assert len(catalog_worker.rows) == 900
    await until(lambda: _all_cleaned(database), 60)
    assert await count(database, "staged_row") == await count(database, "sync_chunk") == 0


async def _all_cleaned(database: Database) -> bool:
    return await count(database, "job where cleaned_at is null") == 0


async def at_work(database: Database, task_id: UUID, asked: list[Request], when: str) -> None:
    """Until the list is being fetched, or a part of it is applied."""
    if when == "fetching":
        await until(lambda: any(request.method == "POST" for request in asked))
        return

    async def some_applied() -> bool:
        return bool((await sync(database, task_id))["created"] > 0)

    await until(some_applied)


@pytest.mark.parametrize("when", ["fetching", "processing"])
async def test_frozen_worker_is_made_up_for_and_changes_nothing_when_it_wakes(
    workers: Workers, database: Database, catalog_worker: CatalogWorker, when: str
) -> None:
    await add_project(database)
    asked: list[Request] = []
    async with serving_products(products(300), delay=1.0, observe=asked.append) as onec:
        task_id = await start(database, await add_integration(database, onec.url()))
        first = await workers.start()
        await at_work(database, task_id, asked, when)
        first.freeze()
        await workers.start()
        state = await ended(database, task_id)
        assert numbers(state) == ("completed", 300, 300, 300, 0, 0)
        assert state["fence"] == 2
        first.thaw()
        assert await asyncio.to_thread(first.stop) in (0, -15)
    await until(lambda: _all_cleaned(database), 60)
    again = await sync(database, task_id)
    assert (numbers(again), again["fence"], again["finished_at"]) == (numbers(state), 2, state["finished_at"])
    assert await count(database, "staged_row") == 0
    assert len(catalog_worker.rows) == 300


@pytest.mark.usefixtures("catalog_worker")
async def test_sync_of_a_frozen_worker_can_be_cancelled(workers: Workers, database: Database) -> None:
    await add_project(database)
    asked: list[Request] = []
    async with serving_products(products(300), delay=1.0, observe=asked.append) as onec:
        integration = await add_integration(database, onec.url())
        task_id = await start(database, integration)
        first = await workers.start()
        await at_work(database, task_id, asked, "fetching")
        first.freeze()
        await cancel(database, task_id)
        await workers.start()
        assert numbers(await ended(database, await start(database, integration))) == (
            "completed", 300, 300, 300, 0, 0,
        )  # fmt: skip
        first.thaw()
        assert await asyncio.to_thread(first.stop) in (0, -15)
    assert numbers(await sync(database, task_id)) == ("error", 0, 0, 0, 0, 0)
