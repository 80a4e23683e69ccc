"""What tests of events write, and what they look at when it has arrived."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish


def user(number: int) -> UserChanged:
    return UserChanged(user_id=number, state="active", role="editor", regions=[])


async def write_effect(connection: Transaction, event: Event[Any]) -> None:
    await execute(connection, "insert into effect (what) values (%(what)s)", {"what": event.subject})


async def effects(database: Database) -> list[str]:
    async with database.connection() as connection:
        cursor = await connection.execute("select what from effect order by id")
        return [what for (what,) in await cursor.fetchall()]


@asynccontextmanager
async def running(*loops: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
    finally:
        await stop(tasks)


async def write(database: Database, *numbers: int) -> None:
    async with database.transaction() as connection:
        for number in numbers:
            await publish(connection, USER_CHANGED, user(number), key=number, suffix=str(number))


async def count_is(database: Database, expected: int) -> bool:
    return len(await effects(database)) == expected
