"""Wakes whoever waits for work, by PostgreSQL's NOTIFY. The payload is the topic: nothing, or one of several."""

import asyncio
from contextlib import suppress
from typing import Any, NoReturn

import psycopg
from psycopg import AsyncConnection

PING_SECONDS = 2.0
RECONNECT_SECONDS = 1.0


class Listener:
    """Wakes those who wait in this process. Take ``next`` before looking for work, to miss no notification."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._waiting: dict[str, asyncio.Event] = {}

    def next(self, topic: str = "") -> asyncio.Event:
        return self._waiting.setdefault(topic, asyncio.Event())

    def wake(self, topic: str = "") -> None:
        if waiting := self._waiting.pop(topic, None):
            waiting.set()

    def wake_all(self) -> None:
        for topic in list(self._waiting):
            self.wake(topic)

    async def run(self, dsn: str) -> None:
        """Listen until cancelled; while the database is unavailable, waiting tasks look for work by themselves."""
        while True:
            with suppress(psycopg.Error, OSError):
                async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
                    await self.listen(connection)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def listen(self, connection: AsyncConnection[Any]) -> NoReturn:
        """Listen on a connection of the caller's, in autocommit, until it breaks."""
        await connection.execute(f"listen {self._channel}".encode())
        self.wake_all()
        while True:
            async for notice in connection.notifies(timeout=PING_SECONDS):
                self.wake(notice.payload)
            await connection.execute("select 1")


async def wait_for(notified: asyncio.Event, seconds: float) -> None:
    """Wait for a notification, at most so long: a notification may be lost with its connection."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await notified.wait()
