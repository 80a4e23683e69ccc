"""Waking the worker when there is a new file, by PostgreSQL's NOTIFY."""

import asyncio
from contextlib import suppress

import psycopg
from psycopg import AsyncConnection

CHANNEL = "renditions"
PING_SECONDS = 5.0
RECONNECT_SECONDS = 1.0


class Bell:
    """Take ``next`` before looking for work, so that no ring is missed."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._waiting = asyncio.Event()

    def next(self) -> asyncio.Event:
        return self._waiting

    def ring(self) -> None:
        rung, self._waiting = self._waiting, asyncio.Event()
        rung.set()

    async def run(self) -> None:
        """Listen until cancelled; while the connection is down the worker looks for work by itself."""
        while True:
            with suppress(psycopg.Error, OSError):
                async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self.ring()
                    while True:
                        async for _ in connection.notifies(timeout=PING_SECONDS):
                            self.ring()
                        await connection.execute("select 1")
            await asyncio.sleep(RECONNECT_SECONDS)


async def heard(ringing: asyncio.Event, seconds: float) -> None:
    """Wait for a ring, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ringing.wait()
