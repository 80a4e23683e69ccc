from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import psycopg
import pytest
from ecatalog.db.database import Database, transaction_of
from ecatalog.db.pool import NoFreeConnection
from ecatalog.db.sql import execute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


async def test_failed_statement_does_not_tell_what_it_was_given(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with database.session() as session:
            await session.execute(
                text("select 1 / :nothing, cast(:secret as text)"), {"nothing": 0, "secret": "a-hash"}
            )
    assert "a-hash" not in str(failed.value)


@pytest.fixture
async def marks(dsn: str) -> AsyncIterator[Database]:
    """a database of one connection of each kind, with a table to write into."""
    database = Database(dsn, pool_size=1)
    await database.execute("create table mark (id int, number serial)")
    yield database
    await database.close()
    with psycopg.connect(dsn) as connection:
        connection.execute("drop table mark")


ADD = "insert into mark (id) values (%(id)s), (%(id)s)"
COUNT = "select count(*) from mark"


async def kill_idle(marks: Database) -> None:
    """End the backends of the idle connections, which do not know it yet."""
    backends = [await fetch("select pg_backend_pid()") for fetch in (marks.fetch_row, marks.execute_row)]
    with psycopg.connect(marks.dsn, autocommit=True) as other:
        for (backend,) in filter(None, backends):
            other.execute("select pg_terminate_backend(%s, 5000)", [backend])


async def test_statement_that_writes_tells_the_number_of_its_rows_or_the_first(marks: Database) -> None:
    assert await marks.execute(ADD, {"id": 3}) == 2
    assert await marks.execute_row(f"{ADD} returning id + 1", {"id": 4}) == (5,)
    assert await marks.execute_row("delete from mark where id = 9 returning id") is None
    assert await marks.fetch_value("select sum(id) from mark") == 14
    assert await marks.fetch_value("select id from mark where id = 9") is None


@pytest.mark.parametrize(
    "sql",
    [
        "update mark set id = 1",
        "with written as (insert into mark values (1) returning 1) select * from written",
        "select 1 from mark for update",
        "select nextval('mark_number_seq')",
    ],
)
async def test_read_cannot_write(marks: Database, sql: str) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await marks.fetch_rows(sql)
    assert await marks.fetch_value(COUNT) == 0


Write = Callable[[Database], Coroutine[Any, Any, object]]


@pytest.mark.parametrize(
    "write",
    [
        lambda marks: marks.execute(ADD, {"id": 1}),
        lambda marks: marks.execute_row(f"{ADD} returning id", {"id": 1}),
    ],
    ids=["execute", "execute_row"],
)
async def test_statement_that_writes_is_not_sent_again_when_its_idle_connection_is_dead(
    marks: Database, write: Write
) -> None:
    await kill_idle(marks)
    with pytest.raises(psycopg.OperationalError):
        await write(marks)
    assert await marks.fetch_value(COUNT) == 0


async def test_read_is_sent_again_when_its_idle_connection_is_dead(marks: Database) -> None:
    await kill_idle(marks)
    assert await marks.fetch_value(COUNT) == 0


async def test_transaction_begins_on_another_connection_when_an_idle_one_is_dead(marks: Database) -> None:
    await kill_idle(marks)
    async with marks.transaction() as connection:
        await execute(connection, ADD, {"id": 1})
    assert await marks.fetch_value(COUNT) == 2


async def test_transaction_is_committed_as_a_whole_or_not_at_all(marks: Database) -> None:
    async with marks.transaction() as connection:
        await execute(connection, ADD, {"id": 1})
        with suppress(RuntimeError):
            async with connection.transaction():
                await execute(connection, ADD, {"id": 2})
                raise RuntimeError
    with suppress(RuntimeError):
        async with marks.transaction() as connection:
            await execute(connection, ADD, {"id": 3})
            raise RuntimeError
    assert await marks.fetch_rows("select distinct id from mark") == [(1,)]


async def test_connection_that_breaks_in_a_transaction_rolls_it_back_and_is_replaced(marks: Database) -> None:
    async def break_down() -> None:
        async with marks.transaction() as connection:
            await execute(connection, ADD, {"id": 1})
            await execute(connection, "select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(psycopg.OperationalError):
        await break_down()
    assert await marks.fetch_value(COUNT) == 0


async def test_actions_run_after_the_commit_and_never_after_a_rollback(marks: Database) -> None:
    seen: list[object] = []
    async with marks.transaction() as connection:
        connection.after_commit(lambda: seen.append(connection.info.transaction_status.name))
        await execute(connection, ADD, {"id": 1})
        assert not seen
    with suppress(RuntimeError):
        async with marks.transaction() as connection:
            connection.after_commit(lambda: seen.append("rolled back"))
            raise RuntimeError
    async with marks.transaction() as connection:
        await execute(connection, ADD, {"id": 1})
    assert seen == ["IDLE"]


async def test_actions_of_a_session_run_once_after_its_commit_and_never_after_a_rollback(marks: Database) -> None:
    seen: list[int] = []
    with suppress(RuntimeError):
        async with marks.session() as session:
            (await transaction_of(session)).after_commit(lambda: seen.append(0))
            raise RuntimeError
    async with marks.session() as session:
        for number in (1, 2):
            connection = await transaction_of(session)
            connection.after_commit(partial(seen.append, number))
            async with session.begin_nested():
                await execute(connection, ADD, {"id": number})
        assert not seen
    assert seen == [1, 2]
    assert await marks.fetch_value(COUNT) == 4


async def test_transaction_whose_statement_failed_is_refused_instead_of_lost(marks: Database) -> None:
    seen: list[str] = []

    async def go_on() -> None:
        async with marks.transaction() as connection:
            connection.after_commit(lambda: seen.append("committed"))
            await execute(connection, ADD, {"id": 1})
            with suppress(psycopg.DataError):
                await execute(connection, "select 1 / 0")

    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        await go_on()
    assert not seen
    assert await marks.fetch_value(COUNT) == 0


async def test_connection_of_a_transaction_is_given_back_however_it_ends(
    marks: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecatalog.db.pool.WAIT_SECONDS", 0.05)
    for _ in range(3):
        with suppress(RuntimeError):
            async with marks.transaction():
                with pytest.raises(NoFreeConnection):
                    await marks.execute(COUNT)
                raise RuntimeError
    await marks.execute(COUNT)
