"""Alarms that others raise: told once, cleared once, in the transaction of whoever does it."""

import asyncio

import pytest
from ecatalog.db.database import Database
from ecatalog.events.resync import resync
from integration.alarms.service import clear_alarm, raise_alarm
from integration.alarms.watch import AlarmWatch
from integration.resync import SOURCES

from ..builders import count
from .published import kinds, told

FULL = "The files of this source take more than 8 GB."


async def is_full(database: Database, integration: int) -> None:
    async with database.transaction() as connection:
        await raise_alarm(connection, integration, "storage", FULL)


async def has_room(database: Database, integration: int) -> None:
    async with database.transaction() as connection:
        await clear_alarm(connection, integration, "storage")


async def test_alarm_is_raised_once_and_cleared_once(database: Database, integration: int, watch: AlarmWatch) -> None:
    await has_room(database, integration)
    await asyncio.gather(*(is_full(database, integration) for _ in range(5)))
    await watch.look()
    assert [(alarm["kind"], alarm["stream"], alarm["message"]) for alarm in await told(database)] == [
        ("storage", None, FULL)
    ]
    await asyncio.gather(*(has_room(database, integration) for _ in range(5)))
    assert (await told(database))[1:] == [
        (await told(database))[0]
        | {
            "kind": "recovered", "recovered_from": "storage", "message": f"Over: {FULL}",
            "cleared_at": (await told(database))[1]["cleared_at"],
        }
    ]  # fmt: skip
    await is_full(database, integration)
    assert await kinds(database) == ["storage", "recovered", "storage"]


async def test_nothing_is_told_of_what_is_rolled_back(database: Database, integration: int) -> None:
    async def fails() -> None:
        async with database.transaction() as connection:
            await raise_alarm(connection, integration, "storage", FULL)
            raise RuntimeError("it fails after all")

    with pytest.raises(RuntimeError, match="after all"):
        await fails()
    assert (await told(database), await count(database, "source_alarm")) == ([], 0)


async def test_readers_can_be_filled_anew(database: Database, integration: int) -> None:
    await is_full(database, integration)
    await has_room(database, integration)
    await is_full(database, integration)
    await database.execute("delete from outbox")
    (source,) = SOURCES["alarms"]
    assert await resync(database, source, lambda _: None) == 2
    assert [(alarm["alarm_id"], alarm["kind"]) for alarm in await told(database)] == [(1, "recovered"), (2, "storage")]
