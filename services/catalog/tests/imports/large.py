"""Large workbooks of projects, and workers that import them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from catalog.imports.job import IMPORT
from catalog.imports.service import MOST_AT_ONCE
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.testing.client import until

from ..builders import Catalog
from .books import header_row, package, sheet, text_cells, upload

ROWS = MOST_AT_ONCE + 2000


def large(rows: int = ROWS, last: str = "", name: str = "Project") -> bytes:
    """A workbook of that many projects."""
    cells = (f"<row>{text_cells([f'P{n}', f'{name} {n}'])}</row>" for n in range(rows))
    return package(sheet(header_row("project") + "".join(cells) + last))


@asynccontextmanager
async def importing(settings: CatalogSettings) -> AsyncIterator[None]:
    """Two slots at work, as in a worker."""
    database = Database(settings.dsn)
    working = asyncio.create_task(
        JobWorker(database, [IMPORT], WorkerContext(settings), [Slot((IMPORT.queue,), 2)]).run()
    )
    try:
        yield
    finally:
        await stop([working])
        await database.close()


async def status(api: Catalog, started: httpx.Response) -> dict[str, Any]:
    response = await api.client.get(started.headers["location"], headers=api.headers)
    found: dict[str, Any] = response.json()
    return found


async def start(api: Catalog, content: bytes, **query: Any) -> httpx.Response:
    response = await upload(api, "project", content, wait="false", **query)
    assert response.status_code == 202, response.text
    return response


async def ended(api: Catalog, started: httpx.Response) -> dict[str, Any]:
    async def has_ended() -> bool:
        return (await status(api, started))["status"] in {"completed", "error"}

    await until(has_ended, 60)
    return await status(api, started)


async def written(api: Catalog, started: httpx.Response, rows: int = 1) -> int:
    """Wait until so many rows are written; how many are."""

    async def are_written() -> bool:
        return bool((await status(api, started))["processed"] >= rows)

    await until(are_written, 60)
    found: int = (await status(api, started))["processed"]
    return found
