"""Sending events again and giving dead letters another chance."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ecatalog.db import Database
from ecatalog.events.consumer import Handlers
from ecatalog.events.envelope import decode


async def replay(session: AsyncSession, since: datetime) -> int:
    """Mark the outbox rows written since then as unpublished, so that the relay sends them again; how many."""
    result = await session.execute(
        text(
            "with again as (update outbox set published_at = null"
            " where created_at >= :since and published_at is not null returning 1) select count(*) from again"
        ),
        {"since": since},
    )
    return int(result.scalar_one())


async def retry_dead_letter(database: Database, letter_id: int, handlers: Handlers) -> bool:
    """Handle a consumer's dead letter again, in one transaction with marking it resolved; False if there is none."""
    by_name = {kind.name: handler for kind, handler in handlers.items()}
    async with database.session() as session:
        row = (
            await session.execute(
                text(
                    "update dead_letter set resolved_at = now()"
                    " where id = :id and origin = 'consumer' and resolved_at is null returning type, body"
                ),
                {"id": letter_id},
            )
        ).one_or_none()
        if row is None:
            return False
        await by_name[row.type](session, decode(bytes(row.body)))
    return True
