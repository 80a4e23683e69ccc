"""When rows that wait are put into the search indexes."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from catalog import search_maintenance
from catalog.search_maintenance import SearchMaintenance
from ecatalog.db.database import Database
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.postgres import Postgres


@pytest.fixture(scope="module")
def dsn(postgres: Postgres) -> str:
    """A database that no app looks after."""
    dsn = postgres.create_database("catalog_search_maintenance")
    upgrade(Path(__file__).parent.parent, dsn)
    return dsn


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create extension if not exists pgstattuple")
        connection.execute("alter table project_search set (autovacuum_enabled = off)")
        yield connection


@pytest.fixture
async def tidier(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SearchMaintenance]:
    monkeypatch.setattr(search_maintenance, "PAUSE_SECONDS", 0)
    database = Database(dsn)
    await database.open()
    tidier = SearchMaintenance(database)
    yield tidier
    await database.close()


@pytest.fixture
def write(connection: psycopg.Connection[Any]) -> Callable[[], None]:
    def write() -> None:
        connection.execute(
            "insert into project (code_1c, name) select uuidv7()::text, 'Молоко ' || n from generate_series(1, 50) n"
        )
        connection.execute("select pg_stat_force_next_flush()")

    return write


def waiting(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select pending_tuples from pgstatginindex('project_search_key')").fetchone()
    assert row
    return int(row[0])


async def test_rows_wait_while_more_are_written_and_not_longer(
    connection: psycopg.Connection[Any], tidier: SearchMaintenance, write: Callable[[], None]
) -> None:
    for _ in range(3):
        write()
        await tidier.run()
        assert waiting(connection) > 0
    await tidier.run()
    assert waiting(connection) == 0


async def test_rows_do_not_wait_for_ever(
    connection: psycopg.Connection[Any],
    tidier: SearchMaintenance,
    write: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write()
    await tidier.run()
    monkeypatch.setattr(search_maintenance, "LONGEST_SECONDS", 0)
    write()
    await tidier.run()
    assert waiting(connection) == 0
