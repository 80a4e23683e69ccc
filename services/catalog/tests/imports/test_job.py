"""Large workbooks: the worker imports them."""

from typing import Any

import psycopg
from catalog.imports.job import IMPORT
from catalog.imports.writing import NOT_STORED
from catalog.settings import CatalogSettings
from ecatalog.db.database import Database
from ecatalog.jobs import queue
from ecatalog.testing.client import until

from ..builders import Catalog
from .books import header_row, imported, numbers, package, sheet, text_cells, upload
from .large import ROWS, ended, importing, large, start, status, written


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


_OPEN = """
    select wait_event_type from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and xact_start is not null
       and pid not in (%s, pg_backend_pid())
"""


def hold(connection: psycopg.Connection[Any], code: str) -> None:
    """Have the chunk of a project wait until the transaction of ``connection`` ends."""
    connection.execute("insert into project (code_1c, name) values (%s, 'x')", [code])


async def test_no_transaction_is_open_but_that_of_a_chunk(api: Catalog, settings: CatalogSettings) -> None:
    started = await start(api, large(10_000))
    with psycopg.connect(settings.dsn) as holder, psycopg.connect(settings.dsn, autocommit=True) as connection:
        hold(holder, "P9500")
        async with importing(settings):
            await written(api, started, 9000)
            await until(lambda: connection.execute(_OPEN, [holder.info.backend_pid]).fetchall() == [("Lock",)])
            holder.rollback()
            assert (await ended(api, started))["created"] == 10_000


async def test_import_that_is_cancelled_keeps_what_is_written_and_goes_no_further(
    api: Catalog, settings: CatalogSettings
) -> None:
    started = await start(api, large(10_000))
    database = Database(settings.dsn)
    with psycopg.connect(settings.dsn) as holder:
        hold(holder, "P5500")
        async with importing(settings):
            await written(api, started, 9000)
            async with database.transaction() as connection:
                row = await (await connection.execute("select id from job")).fetchone()
                assert row
                assert await queue.cancel(connection, row[0], "Cancelled.")
            await until(lambda: database.fetch_value(f"select ({LEFT}) = 0"))
        holder.rollback()
    await database.close()
    end = await status(api, started)
    assert (end["status"], end["error_message"], end["total"]) == ("error", "Cancelled.", 10_000)
    assert (end["created"], end["processed"], (await api.get("project/")).json()["count"]) == (9000, 9000, 9000)


async def test_import_that_is_given_up_says_so(api: Catalog, settings: CatalogSettings) -> None:
    started = await start(api, large())
    with psycopg.connect(settings.dsn) as connection:
        connection.execute("update job set status = 'doing', interruptions = %s", [IMPORT.max_interruptions])
    async with importing(settings):
        end = await ended(api, started)
    assert (end["status"], end["error_message"], end["processed"]) == ("error", IMPORT.failed, 0)
