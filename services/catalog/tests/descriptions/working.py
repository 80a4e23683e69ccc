"""Workers that describe, and how what they were asked for goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
from catalog.descriptions.job import CLEAR, DESCRIBE, FEW, MANY
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.testing.client import until

from ..builders import Catalog


@asynccontextmanager
async def working(settings: CatalogSettings, workers: int = 1) -> AsyncIterator[None]:
    """So many workers that describe."""
    database = Database(settings.dsn)
    async with WorkerContext(settings) as context:
        worker = partial(JobWorker, database, [DESCRIBE, CLEAR], context, [Slot((FEW, MANY))])
        running = [asyncio.create_task(worker().run()) for _ in range(workers)]
        try:
            yield
        finally:
            await stop(running)
            await database.close()


async def status(api: Catalog, started: httpx.Response) -> dict[str, Any]:
    response = await api.client.get(started.headers["location"], headers=api.headers)
    found: dict[str, Any] = response.json()
    return found


async def ended(api: Catalog, started: httpx.Response) -> dict[str, Any]:
    assert started.status_code == 202, started.text

    async def has_ended() -> bool:
        return (await status(api, started))["status"] in {"completed", "error"}

    await until(has_ended, 60)
    return await status(api, started)


def numbers(task: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(task[name] for name in ("status", "total", "processed", "done", "skipped", "errors"))
