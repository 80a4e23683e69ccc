"""Telling everything again: all of it, and never an older picture after a newer one."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.events.outbox import publish
from ecatalog.events.resync import ResyncSource, count, resync
from ecatalog.testing.client import until
from psycopg import AsyncConnection


async def tell(connection: Transaction, ids: Sequence[Any]) -> None:
    rows = await execute(connection, "select id, what from effect where id = any(%(ids)s) order by id", {"ids": [*ids]})
    for number, what in await rows.fetchall():
        user = UserChanged(user_id=number, state="active", role="editor", regions=[what])
        await publish(connection, USER_CHANGED, user, key=number)


SOURCE = ResyncSource("effect", tell)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecatalog.events.resync.AT_ONCE", 10)


async def fill(database: Database, rows: int) -> None:
    async with database.transaction() as connection:
        await execute(connection, "insert into effect (what) select 'old' from generate_series(1, %(n)s)", {"n": rows})


async def told(database: Database) -> list[tuple[str, str]]:
    return await database.fetch_rows("select key, data->'regions'->>0 from outbox order by seq")


async def test_every_row_is_told_once_in_batches(database: Database) -> None:
    await fill(database, 25)
    done: list[int] = []
    assert await resync(database, SOURCE, done.append) == 25
    assert done == [10, 10, 5]
    assert [key for key, _ in await told(database)] == [str(number) for number in range(1, 26)]
    assert await count(database, SOURCE) == 25


async def test_empty_table_tells_nothing(database: Database) -> None:
    assert await resync(database, SOURCE, lambda _: None) == 0
    assert await told(database) == []


async def test_row_that_is_being_changed_is_told_with_what_it_became(dsn: str, database: Database) -> None:
    await fill(database, 25)
    async with await AsyncConnection.connect(dsn) as writer:
        await writer.execute("update effect set what = 'new' where id = 3")
        working = asyncio.create_task(resync(database, SOURCE, lambda _: None))
        await until(lambda: _waits(database))
        assert "3" not in dict(await told(database))
        await writer.commit()
        assert await working == 25
    assert sorted(await told(database), key=lambda row: int(row[0]))[2] == ("3", "new")


async def test_row_that_is_deleted_meanwhile_is_passed_over(dsn: str, database: Database) -> None:
    await fill(database, 3)
    async with await AsyncConnection.connect(dsn) as writer:
        await writer.execute("delete from effect where id = 2")
        working = asyncio.create_task(resync(database, SOURCE, lambda _: None))
        await until(lambda: _waits(database))
        await writer.commit()
        await working
    assert [key for key, _ in await told(database)] == ["1", "3"]


async def _waits(database: Database) -> bool:
    sql = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    return await database.fetch_row(sql) is not None


async def test_change_after_the_reading_has_the_later_sequence(database: Database) -> None:
    """Whoever changes a row that is being told waits, so its own event comes later."""
    await fill(database, 1)
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def tell_slowly(connection: Transaction, ids: Sequence[Any]) -> None:
        reading.set()
        await go_on.wait()
        await tell(connection, ids)

    async def change() -> None:
        async with database.transaction() as connection:
            await execute(connection, "update effect set what = 'new' where id = 1")
            await tell(connection, [1])

    working = asyncio.create_task(resync(database, ResyncSource("effect", tell_slowly), lambda _: None))
    await reading.wait()
    changing = asyncio.create_task(change())
    await until(lambda: _waits(database))
    go_on.set()
    await asyncio.gather(working, changing)
    assert await told(database) == [("1", "old"), ("1", "new")]
