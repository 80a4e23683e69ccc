"""A statement that writes is never sent again: not even when nobody knows whether it was carried out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from catalog import search_maintenance
from catalog.search_maintenance import SearchMaintenance
from ecatalog.db.database import Database
from ecatalog.http import idempotency
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres

WAITING = """
    select pid from pg_stat_activity
     where application_name = 'ecatalog' and datname = current_database() and wait_event_type = 'Lock'
"""

Write = Callable[[Database], Coroutine[Any, Any, object]]
WRITES: dict[str, tuple[str, Write]] = {
    "forget keys": ("idempotency", idempotency.forget_expired),
    "sort the search": ("project_search", lambda to: SearchMaintenance(to).run()),
}


@pytest.fixture(scope="module")
def dsn(postgres: Postgres) -> str:
    """A database with no app whose loops would be taken for ours."""
    dsn = postgres.create_database("catalog_sent_once")
    upgrade(Path(__file__).parent.parent, dsn)
    return dsn


@pytest.fixture
async def database(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(idempotency, "CLEAN_SECONDS", 0)
    monkeypatch.setattr(search_maintenance, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(search_maintenance, "LONGEST_SECONDS", -1)
    database = Database(dsn)
    yield database
    await database.close()


def lock(connection: psycopg.Connection[Any], table: str) -> None:
    """Keep others from writing into a table, and from sorting a search index."""
    if table.endswith("_search"):
        connection.execute(f"reindex index {table}_key".encode())
    else:
        connection.execute(f"lock table {table} in share mode".encode())


@pytest.mark.parametrize(("table", "write"), WRITES.values(), ids=list(WRITES))
async def test_statement_whose_connection_dies_is_not_sent_again(database: Database, table: str, write: Write) -> None:
    with psycopg.connect(database.dsn) as holder, psycopg.connect(database.dsn, autocommit=True) as other:
        lock(holder, table)
        running = asyncio.create_task(write(database))

        def waits_or_has_ended() -> bool:
            return running.done() or bool(other.execute(WAITING).fetchall())

        await until(waits_or_has_ended)
        ((backend,),) = other.execute(WAITING).fetchall()
        other.execute("select pg_terminate_backend(%s, 5000)", [backend])
        await until(waits_or_has_ended)
        assert other.execute(WAITING).fetchall() == []
        holder.rollback()
        with suppress(psycopg.OperationalError):
            await running
