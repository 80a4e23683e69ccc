"""Large workbooks: the worker imports them, whatever happens to it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
from catalog.imports.job import IMPORT
from catalog.imports.service import MOST_AT_ONCE
from catalog.imports.writing import NOT_STORED
from catalog.settings import CatalogSettings
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.worker import JobWorker, Slot
from ecatalog.testing.client import until
from ecatalog.testing.ports import free_port

from ..builders import Catalog
from .books import header_row, imported, numbers, package, sheet, text_cells, upload

ROWS = MOST_AT_ONCE + 2000


def large(rows: int = ROWS, last: str = "", name: str = "Project") -> bytes:
    """A workbook of that many projects."""
    cells = (f"<row>{text_cells([f'P{n}', f'{name} {n}'])}</row>" for n in range(rows))
    return package(sheet(header_row("project") + "".join(cells) + last))


@asynccontextmanager
async def importing(settings: CatalogSettings) -> AsyncIterator[None]:
    """Two slots at work, as in a worker."""
    database = Database(settings.dsn)
    working = asyncio.create_task(JobWorker(database, [IMPORT], settings, [Slot((IMPORT.queue,), 2)]).run())
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


async def test_a_client_that_waits_gets_the_numbers_in_the_form_of_a_small_import(
    api: Catalog, settings: CatalogSettings
) -> None:
    again = f"<row>{text_cells(['P0', 'again'])}</row><row>{text_cells(['X', 'x' * 300])}</row>"
    async with importing(settings):
        answer = await imported(api, "project", large(last=again))
        assert numbers(answer) == (ROWS, 0, 0, 2)
        assert answer["errors"][0] == f"Row 2 (P0): code_1c: Duplicate code: row {ROWS + 2} counts."
        answer = await imported(api, "project", large(last=again))
        assert numbers(answer) == (0, ROWS, ROWS, 2)
    assert (await api.get("project/P0/")).json()["name"] == "again"
    assert (await api.get("project/")).json()["count"] == ROWS


async def test_an_import_waits_for_a_worker_and_its_status_tells_how_it_goes_on(
    api: Catalog, settings: CatalogSettings
) -> None:
    started = await start(api, large())
    assert started.headers["location"] == started.json()["status_url"]
    waiting = await status(api, started)
    assert (waiting["status"], waiting["total"], waiting["progress_percent"]) == ("fetching", 0, 0)
    assert "imports_unfinished 1.0" in (await api.client.get("/metrics")).text.splitlines()
    async with importing(settings):
        end = await ended(api, started)
    database = Database(settings.dsn)
    told = await database.fetch_rows("select distinct request_id from outbox")
    await database.close()
    assert told == [(started.headers["x-request-id"],)]
    assert "imports_unfinished 0.0" in (await api.client.get("/metrics")).text.splitlines()
    assert (end["status"], end["created"], end["processed"], end["progress_percent"]) == ("completed", ROWS, ROWS, 100)


async def test_a_large_dry_run_changes_nothing(api: Catalog, settings: CatalogSettings) -> None:
    async with importing(settings):
        assert numbers(await imported(api, "project", large(), dry_run="true")) == (ROWS, 0, 0, 0)
    assert (await api.get("project/")).json()["count"] == 0


async def test_a_workbook_that_breaks_off_is_refused_and_nothing_of_it_is_kept(
    api: Catalog, settings: CatalogSettings
) -> None:
    async with importing(settings):
        response = await upload(api, "project", large(last="<row></c></row>"))
        assert (response.status_code, response.json()) == (400, {"error": "XLSX faylni o'qib bo'lmadi"})
        end = await ended(api, await start(api, large(last="<row></c></row>")))
    assert (end["status"], end["error_message"], end["total"]) == ("error", "XLSX faylni o'qib bo'lmadi", 0)
    assert (await api.get("project/")).json()["count"] == 0


async def test_a_large_workbook_with_a_text_that_is_not_there_changes_nothing(
    api: Catalog, settings: CatalogSettings
) -> None:
    dangling = '<row><c t="inlineStr"><is><t>LAST</t></is></c><c t="s"><v>7</v></c></row>'
    async with importing(settings):
        end = await ended(api, await start(api, large(last=dangling)))
    assert (end["status"], end["error_message"], end["processed"]) == ("error", "XLSX faylni o'qib bo'lmadi", 0)
    assert (await api.get("project/")).json()["count"] == 0


LEFT = "select (select count(*) from import_file) + (select count(*) from import_chunk)"


async def test_an_import_that_ended_without_clearing_up_is_not_written_again(
    api: Catalog, settings: CatalogSettings
) -> None:
    started = await start(api, large())
    async with importing(settings):
        end = await ended(api, started)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("update job set cleaned_at = null")
        connection.execute(
            "insert into import_file (job_id, n, data) select id, 0, 'x' from job on conflict do nothing"
        )
        connection.execute("insert into import_chunk (job_id, chunk) select id, 0 from job on conflict do nothing")
        async with importing(settings):

            async def is_cleared() -> bool:
                return connection.execute(LEFT).fetchone() == (0,)

            await until(is_cleared)
    assert await status(api, started) == end


_REFUSE = """
    create function refuse() returns trigger language plpgsql as
        $$begin raise 'refused' using errcode = 'numeric_value_out_of_range'; end$$;
    create trigger refuse before insert on job_error execute function refuse();
"""


async def test_a_value_that_the_database_refuses_ends_the_import_at_the_first_attempt(
    api: Catalog, settings: CatalogSettings
) -> None:
    wrong = f"<row>{text_cells(['X', 'x' * 300])}</row>"
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(_REFUSE)
        try:
            response = await upload(api, "project", package(sheet(header_row("project") + wrong)))
            started = await start(api, large(last=wrong))
            async with importing(settings):
                end = await ended(api, started)
            attempts = connection.execute("select failures, interruptions from job").fetchone()
        finally:
            connection.execute("drop function refuse cascade")
    assert (response.status_code, response.json()) == (400, NOT_STORED)
    assert (end["status"], end["error_message"], attempts) == ("error", NOT_STORED["error"], (1, 0))


async def test_a_worker_that_is_killed_is_followed_by_one_that_ends_with_the_right_numbers(
    api: Catalog, settings: CatalogSettings
) -> None:
    started = await start(api, large(10_000))
    first = await worker(settings)
    try:

        async def is_amid() -> bool:
            found = await status(api, started)
            return bool(found["status"] == "processing" and found["processed"] > 0)

        await until(is_amid, 60)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        await first.wait()
    assert (await status(api, started))["status"] == "processing"
    second = await worker(settings)
    try:
        end = await ended(api, started)
    finally:
        second.kill()
        await second.wait()
    assert (end["status"], end["total"], end["created"], end["errors"]) == ("completed", 10_000, 10_000, 0)
    assert (await api.get("project/")).json()["count"] == 10_000


async def worker(settings: CatalogSettings) -> asyncio.subprocess.Process:
    """The real worker, as a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": settings.dsn, "NATS_URL": settings.nats_url, "AUTH_URL": settings.auth_url,
        "HOST": "127.0.0.1", "PORT": str(free_port()),
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "catalog", "worker", env=environment)
