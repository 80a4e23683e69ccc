"""Direct connections: few, reused, and replaced when the server went away."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from ecatalog.db import pool
from ecatalog.db.database import Database
from ecatalog.db.pool import ConnectionPool, NoFreeConnection
from ecatalog.db.sql import execute
from ecatalog.testing.postgres import Postgres

BACKEND = "select pg_backend_pid()"


@pytest.fixture
async def two(dsn: str) -> AsyncIterator[ConnectionPool]:
    two = ConnectionPool(dsn, 2, "")
    yield two
    await two.close()


async def backend(two: ConnectionPool) -> int:
    async with two.borrow() as connection:
        row = await (await connection.execute(BACKEND)).fetchone()
        assert row is not None
        return int(row[0])


async def test_connection_is_used_again_and_again(two: ConnectionPool) -> None:
    assert len({await backend(two) for _ in range(5)}) == 1


async def test_no_more_are_open_than_allowed(two: ConnectionPool) -> None:
    assert len(set(await asyncio.gather(*(backend(two) for _ in range(20))))) <= 2


async def test_waiting_for_a_busy_one_has_an_end(two: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.05)
    async with two.borrow(), two.borrow():
        with pytest.raises(NoFreeConnection):
            await two.take()
    assert await backend(two)


async def test_unfinished_transaction_is_not_handed_on(two: ConnectionPool) -> None:
    async with two.borrow() as connection:
        await connection.execute("begin")
        await connection.execute("create table left_behind ()")
    assert connection.closed
    async with two.borrow() as other:
        row = await (await other.execute("select to_regclass('left_behind')")).fetchone()
        assert row == (None,)


async def test_cancelled_statement_leaves_the_others_usable(two: ConnectionPool) -> None:
    async with asyncio.timeout(30):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), two.borrow() as connection:
                await connection.execute("select pg_sleep(60)")
        assert await asyncio.gather(backend(two), backend(two))


async def test_connection_given_back_after_the_end_is_closed(dsn: str) -> None:
    two = ConnectionPool(dsn, 2, "")
    async with two.borrow() as connection:
        await two.close()
    assert connection.closed


async def test_restarted_server_costs_one_statement_at_most(postgres: Postgres) -> None:
    database = Database(postgres.create_database("connections_test"), pool_size=4)
    await asyncio.gather(*(database.fetch_rows("select pg_sleep(0.01)") for _ in range(8)))
    await asyncio.gather(*(database.execute("select pg_sleep(0.01)") for _ in range(8)))
    postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        await database.ping()
    postgres.start()
    await asyncio.gather(*(database.ping() for _ in range(8)))
    await asyncio.gather(*(database.execute("select 1") for _ in range(8)))
    await database.close()


STATEMENTS = [
    ("select %(a)s::int + %(b)s::int + %(a)s::int", {"a": 1, "b": 10, "unused": 5}, 12),
    ("select 7 %% %(a)s::int", {"a": 4}, 3),
    ("select %s::int", [5], 5),
    ("select '%%'", {}, "%"),
]


@pytest.mark.parametrize(("sql", "parameters", "result"), STATEMENTS)
async def test_placeholders_may_be_named_or_not(
    two: ConnectionPool, sql: str, parameters: object, result: object
) -> None:
    for prepare in (None, None, False):
        async with two.borrow() as connection:
            cursor = await execute(connection, sql, parameters, prepare=prepare)  # type: ignore[arg-type]  # a table of both kinds
            assert await cursor.fetchone() == (result,)
