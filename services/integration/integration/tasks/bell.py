"""Waking whoever waits for work, by PostgreSQL's NOTIFY. The payload is the topic: the queue, or one task."""

import asyncio
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "sync"
QUEUE = "queue"

_RING = text(f"select pg_notify('{CHANNEL}', :topic)")


async def ring(session: AsyncSession, topic: str = QUEUE) -> None:
    """Wake those who wait for a topic, in every worker, once this transaction is committed."""
    await session.execute(_RING, {"topic": topic})


class Bell:
    """Wakes those who wait in this process. Take ``next`` before looking for work, so that no ring is missed."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Event] = {}

    def next(self, topic: str = QUEUE) -> asyncio.Event:
        return self._waiting.setdefault(topic, asyncio.Event())

    def ring(self, topic: str) -> None:
        if waiting := self._waiting.pop(topic, None):
            waiting.set()

    def ring_all(self) -> None:
        for topic in list(self._waiting):
            self.ring(topic)


async def heard(ringing: asyncio.Event, seconds: float) -> None:
    """Wait for a ring, at most so long: a notification may be lost with its connection."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ringing.wait()
