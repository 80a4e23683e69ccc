"""Workers that are killed and frozen while they import: others go on, and end with the right numbers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from catalog.imports.chunking import CHUNK
from catalog.settings import CatalogSettings
from ecatalog.testing.client import until

from ..builders import Catalog
from .large import ended, large, start, status, worker, written

Process = asyncio.subprocess.Process

WAITING = "select pid from pg_locks where relation = 'import_chunk'::regclass and not granted"
IDLE = """
    select 1 from pg_stat_activity
     where datname = current_database() and state = 'idle in transaction' and query like '%import_chunk%'
"""


class Workers:
    """The real worker, as often as it is wanted."""

    def __init__(self, settings: CatalogSettings) -> None:
        self._settings = settings
        self._processes: list[Process] = []

    async def start(self) -> Process:
        process = await worker(self._settings)
        self._processes.append(process)
        return process

    async def kill(self, process: Process) -> None:
        self._processes.remove(process)
        process.kill()
        await process.wait()

    async def kill_all(self) -> None:
        for process in list(self._processes):
            await self.kill(process)


@pytest.fixture
async def workers(settings: CatalogSettings) -> AsyncIterator[Workers]:
    workers = Workers(settings)
    yield workers
    await workers.kill_all()


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
    await workers.kill(first)
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
            await workers.kill(process)
            connection.execute("update job set started_at = now() - interval '2 minutes'")  # no pause before the next
    assert found < 60_000
    await workers.start()
    await check_whole(api, settings, started, 60_000)


@pytest.mark.soak
async def test_worker_that_is_frozen_between_two_statements_is_replaced_and_changes_nothing_later(
    api: Catalog, settings: CatalogSettings, workers: Workers
) -> None:
    """PostgreSQL ends the transaction in which nothing happens; nobody waits for the frozen worker itself."""
    started = await start(api, large(10_000))
    with psycopg.connect(settings.dsn, autocommit=True) as connection:

        async def waits() -> bool:
            return bool(connection.execute(WAITING).fetchall())

        async def is_idle() -> bool:
            return bool(connection.execute(IDLE).fetchall())

        with psycopg.connect(settings.dsn) as holder:
            holder.execute("lock table import_chunk in share mode")
            frozen = await workers.start()
            await until(waits, 60)
            os.kill(frozen.pid, signal.SIGSTOP)
        await until(is_idle, 60)
        connection.execute("update job set lease_until = now()")
        await workers.start()
        await check_whole(api, settings, started, 10_000)
        before = await status(api, started)
        os.kill(frozen.pid, signal.SIGCONT)
        after = await start(api, large(6000))
        await ended(api, after)
        assert connection.execute("select interruptions, failures from job order by id").fetchall() == [(1, 0), (0, 0)]
    assert await status(api, started) == before
