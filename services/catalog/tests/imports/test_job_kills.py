"""Workers that are killed and frozen while they import: others go on, and end with the right numbers."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from catalog.imports.chunking import CHUNK
from catalog.settings import CatalogSettings
from ecatalog.testing.client import until
from ecatalog.testing.processes import Process, Workers, impatient_workers

from ..builders import Catalog
from .large import ended, large, start, status, written

Connection = psycopg.Connection[Any]

MARK, ADVANCE = "%insert into import_chunk%", "%update job j%set total%"
AT_STATEMENT = """
    select from pg_stat_activity
     where datname = current_database() and query like %s
       and case state when 'active' then wait_event_type else state end = %s
"""


@pytest.fixture
def workers(settings: CatalogSettings) -> Iterator[Workers]:
    with impatient_workers("catalog", settings) as started:
        yield started


async def check_whole(api: Catalog, settings: CatalogSettings, started: httpx.Response, rows: int) -> None:
    """Each row was created and counted, and each chunk published, and none twice."""
    end = await ended(api, started)
    assert (end["status"], end["total"], end["processed"], end["created"], end["errors"]) == (
        "completed", rows, rows, rows, 0
    )  # fmt: skip
    assert (await api.get("project/")).json()["count"] == rows
    with psycopg.connect(settings.dsn) as connection:
        assert connection.execute("select count(*) from outbox").fetchone() == (rows // CHUNK,)


async def test_a_worker_that_is_killed_is_followed_by_one_that_ends_with_the_right_numbers(
    api: Catalog, settings: CatalogSettings, workers: Workers
) -> None:
    started = await start(api, large(10_000))
    first = await workers.start()
    await written(api, started)
    workers.kill(first)
    assert (await status(api, started))["status"] == "processing"
    await workers.start()
    await check_whole(api, settings, started, 10_000)


@pytest.mark.soak
async def test_workers_that_are_killed_twelve_times_write_each_row_once(
    api: Catalog, settings: CatalogSettings, workers: Workers
) -> None:
    started = await start(api, large(60_000))
    found = 0
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        for _ in range(12):
            process = await workers.start()
            found = await written(api, started, found + 1)
            workers.kill(process)
            connection.execute("update job set started_at = now() - interval '2 minutes'")  # no pause before the next
    assert found < 60_000
    await workers.start()
    await check_whole(api, settings, started, 60_000)


async def until_at(connection: Connection, statement: str, state: str) -> None:
    """Wait until a transaction is at this statement: it waits for a lock, or has done it and nothing since."""
    await until(lambda: connection.execute(AT_STATEMENT, [statement, state]).rowcount, 60)


async def freeze_after_mark(settings: CatalogSettings, connection: Connection, workers: Workers) -> Process:
    """A worker that stands still between two statements of its first chunks."""
    with psycopg.connect(settings.dsn) as holder:
        holder.execute("lock table import_chunk in share mode")
        worker = await workers.start()
        await until_at(connection, MARK, "Lock")
        worker.freeze()
    await until_at(connection, MARK, "idle in transaction")
    return worker


async def freeze_after_advance(settings: CatalogSettings, connection: Connection, workers: Workers) -> Process:
    """A worker that stands still when the first of its chunks are written and counted, before any is committed."""
    with psycopg.connect(settings.dsn) as counting:
        with psycopg.connect(settings.dsn) as marking:
            marking.execute("lock table import_chunk in share mode")
            worker = await workers.start()
            await until_at(connection, MARK, "Lock")
            counting.execute("select from job for no key update")
        await until_at(connection, ADVANCE, "Lock")
        worker.freeze()
    await until_at(connection, ADVANCE, "idle in transaction")
    return worker


@pytest.mark.parametrize("freeze", [freeze_after_mark, freeze_after_advance])
async def test_worker_that_is_frozen_in_a_transaction_is_replaced_and_changes_nothing_later(
    api: Catalog,
    settings: CatalogSettings,
    workers: Workers,
    freeze: Callable[[CatalogSettings, Connection, Workers], Awaitable[Process]],
) -> None:
    """PostgreSQL ends the transaction in which nothing happens; nobody waits for the frozen worker itself."""
    started = await start(api, large(6000))
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        frozen = await freeze(settings, connection, workers)
        await workers.start()
        await check_whole(api, settings, started, 6000)
        before = await status(api, started)
        frozen.thaw()
        after = await start(api, large(6000, name="Later"))
        await ended(api, after)
        assert connection.execute("select interruptions, failures from job order by id").fetchall() == [(1, 0), (0, 0)]
    assert await status(api, started) == before
