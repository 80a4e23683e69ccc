"""Imports whose PostgreSQL is away: each row is written and counted once."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from catalog.imports import files
from catalog.imports.job import IMPORT
from catalog.imports.schemas import ImportArgs
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext
from ecatalog.db.database import Database
from ecatalog.jobs import queue
from ecatalog.testing.client import until
from ecatalog.testing.statements import Steps, cut, hurry

from ..conftest import Mortal
from .books import header_row, package, sheet, text_cells
from .large import importing, large

PROJECTS = ImportArgs(kind="project", project_id=None, any_project=False, regions=None, dry_run=False)


async def defer(database: Database, workbook: bytes) -> int:
    async with database.transaction() as connection:
        deferred = await queue.defer(connection, IMPORT, PROJECTS)
        await files.store(connection, deferred.id, BytesIO(workbook))
    return deferred.id


@pytest.mark.soak
@pytest.mark.usefixtures("fresh")
async def test_outage_at_each_statement_costs_no_row(
    settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    database = Database(settings.dsn)

    async def begin(number: int) -> int:
        cells = (f"<row>{text_cells([f'S{number}-{n}', 'x'])}</row>" for n in range(3))
        return await defer(database, package(sheet(header_row("project") + "".join(cells))))

    async def check(job: dict[str, Any]) -> None:
        numbers = ("status", "total", "created", "failures", "interruptions")
        assert [job[name] for name in numbers] == ["succeeded", 3, 3, 0, 0]

    steps = Steps(database, IMPORT, WorkerContext(settings), begin, monkeypatch, most=30)
    tried = await steps.each(lambda _: cut, check)
    assert tried > 10
    assert await database.fetch_value("select count(*) from project") == 3 * tried
    await database.close()


async def test_restart_of_postgresql_costs_no_row(mortal: Mortal) -> None:
    server, settings = mortal
    database = Database(settings.dsn)
    await defer(database, large(10_000))

    async def are_written(rows: int) -> bool:
        return bool(await database.fetch_value("select processed from job") >= rows)

    async with importing(settings):
        for rows in (1000, 4000):
            await until(lambda rows=rows: are_written(rows), 60)  # type: ignore[misc]
            await asyncio.to_thread(server.restart)
        await until(lambda: are_written(10_000), 60)
    found = await database.fetch_rows("select status, total, created, failures, interruptions from job")
    assert found == [("succeeded", 10_000, 10_000, 0, 0)]
    assert await database.fetch_value("select count(*) from project") == 10_000
    await database.close()
