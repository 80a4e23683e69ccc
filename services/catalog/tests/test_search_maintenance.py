"""When entries that were just written are moved into the indexed tables, and what happens to them meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from catalog import search_maintenance
from catalog.search_maintenance import SearchMaintenance
from ecatalog.db.database import Database
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.client import until
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
        connection.execute("delete from project")
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
    """The entries that are not in the indexed table."""
    row = connection.execute("select count(*) from project_search_recent").fetchone()
    assert row
    return int(row[0])


def unsorted(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select pending_tuples from pgstatginindex('project_search_key')").fetchone()
    assert row
    return int(row[0])


def found(connection: psycopg.Connection[Any]) -> int:
    """The number of entries that a search reads, wherever they are."""
    row = connection.execute("select count(*) from project_search where key like '%moloko%'").fetchone()
    assert row
    return int(row[0])


async def test_rows_wait_while_more_are_written_and_not_longer(
    connection: psycopg.Connection[Any], tidier: SearchMaintenance, write: Callable[[], None]
) -> None:
    for times in (1, 2, 3):
        write()
        await tidier.run()
        assert (waiting(connection), found(connection)) == (50 * times, 50 * times)
    await tidier.run()
    assert (waiting(connection), unsorted(connection), found(connection)) == (0, 0, 150)


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
    assert (waiting(connection), found(connection)) == (0, 100)


async def test_entries_that_waited_when_the_process_ended_are_moved_by_the_next(
    connection: psycopg.Connection[Any], tidier: SearchMaintenance, write: Callable[[], None]
) -> None:
    write()
    for _ in range(2):
        await tidier.run()
    assert (waiting(connection), found(connection)) == (0, 50)


async def test_an_entry_that_is_being_deleted_is_passed_over_and_comes_next(
    connection: psycopg.Connection[Any], dsn: str, tidier: SearchMaintenance, write: Callable[[], None]
) -> None:
    """Whoever moves entries waits for nobody: a writer may wait for another of them."""
    write()
    with psycopg.connect(dsn) as other:
        other.execute("update project set name = 'Кефир' where id = (select min(id) from project)")
        for _ in range(2):
            await tidier.run()
        assert (waiting(connection), found(connection)) == (1, 50)
        other.commit()
    for _ in range(2):
        await tidier.run()
    assert (waiting(connection), found(connection)) == (0, 49)


@pytest.mark.parametrize("change", ["update project set name = 'Кефир'", "delete from project"])
async def test_a_row_that_changes_while_its_entry_is_moved_has_one_entry_at_most(
    connection: psycopg.Connection[Any], dsn: str, write: Callable[[], None], change: str
) -> None:
    write()
    with psycopg.connect(dsn) as mover:
        mover.execute(
            "with moved as (delete from project_search_recent returning id, created_at, key)"
            " insert into project_search select id, created_at, key from moved"
        )
        writing = asyncio.create_task(asyncio.to_thread(run, dsn, change))
        await until(lambda: bool(connection.execute(WAITING).fetchall()))
        mover.commit()
    await writing
    kept = connection.execute("select count(*), count(distinct id) from project_search").fetchone()
    assert kept == ((50, 50) if change.startswith("update") else (0, 0))
    assert found(connection) == 0


WAITING = """
    select from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()
"""


def run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(statement.encode())
