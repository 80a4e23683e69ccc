"""Waking whoever waits for work, by PostgreSQL's NOTIFY."""

import asyncio
from contextlib import suppress

CHANNEL = "sync"
RING = f"select pg_notify('{CHANNEL}', '')"


class Bell:
    """Wakes all who wait in this process. Take ``next()`` before looking for work, so that no ring is missed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        return self._next


async def heard(ring: asyncio.Event, seconds: float) -> None:
    """Wait for a ring, at most so long: a notification may be lost with its connection."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ring.wait()
