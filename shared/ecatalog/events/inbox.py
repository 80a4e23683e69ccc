"""What each consumer has handled: effects happen once, however often a message comes."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

KEEP_DAYS = 30

_CLAIM = text(
    "insert into inbox (consumer, event_id, processed_at) values (:consumer, :event_id, now())"
    " on conflict (consumer, event_id) do update set processed_at = now() where inbox.processed_at is null"
    " returning 1"
)
_FAIL = text(
    "insert into inbox (consumer, event_id, attempts, last_error) values (:consumer, :event_id, 1, :error)"
    " on conflict (consumer, event_id) do update"
    " set attempts = inbox.attempts + 1, last_error = excluded.last_error returning attempts"
)
_BURY = text(
    "insert into dead_letter (origin, consumer, event_id, type, body, error)"
    " values ('consumer', :consumer, :event_id, :type, :body, :error)"
)
_FORGET = text(
    "delete from inbox where (consumer, event_id) in (select consumer, event_id from inbox"
    " where processed_at < now() - make_interval(days => :days) limit 5000)"
)


async def claim(session: AsyncSession, consumer: str, event_id: UUID) -> bool:
    """Take the event for this transaction; False when it has been handled already.

    A second delivery at the same time waits here for the first to commit or roll back.
    """
    result = await session.execute(_CLAIM, {"consumer": consumer, "event_id": event_id})
    return result.first() is not None


async def record_failure(session: AsyncSession, consumer: str, event_id: UUID, error: str) -> int:
    """Count a failed attempt; the number of attempts so far."""
    result = await session.execute(_FAIL, {"consumer": consumer, "event_id": event_id, "error": error[:2000]})
    return int(result.scalar_one())


async def bury(session: AsyncSession, consumer: str, event_id: UUID, kind: str, body: bytes, error: str) -> None:
    """Keep an event that failed for good as a dead letter; it counts as handled."""
    await claim(session, consumer, event_id)
    await session.execute(
        _BURY, {"consumer": consumer, "event_id": event_id, "type": kind, "body": body, "error": error[:2000]}
    )


async def forget_old(session: AsyncSession) -> None:
    """Drop rows older than any event that could still come again."""
    await session.execute(_FORGET, {"days": KEEP_DAYS})
