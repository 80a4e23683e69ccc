"""Ringing for tasks: the topic is the queue, or one task."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "sync"
QUEUE = ""

_RING = text(f"select pg_notify('{CHANNEL}', :topic)")


async def ring(session: AsyncSession, topic: str = QUEUE) -> None:
    """Wake those who wait for a topic, in every worker, once this transaction is committed."""
    await session.execute(_RING, {"topic": topic})
