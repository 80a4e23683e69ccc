"""Records what each consumer has handled: effects happen once, however often a message comes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from ecatalog.db.sql import compose, execute, number

KEEP_DAYS = 30

_CLAIM = """
    insert into inbox (consumer, event_id, processed_at)
    select %(consumer)s, id, now() from (select distinct unnest(%(ids)s::uuid[]) as id order by 1) e
    on conflict (consumer, event_id) do update set processed_at = now() where inbox.processed_at is null
    returning event_id
"""
_FAIL = """
    insert into inbox (consumer, event_id, attempts, last_error) values (%(consumer)s, %(event_id)s, 1, %(error)s)
    on conflict (consumer, event_id) do update
       set attempts = inbox.attempts + 1, last_error = excluded.last_error
    returning attempts
"""
_BURY = """
    insert into dead_letter (origin, consumer, event_id, type, body, error)
    values ('consumer', %(consumer)s, %(event_id)s, %(type)s, %(body)s, %(error)s)
"""
FORGET = compose(
    """
    delete from inbox where (consumer, event_id) in (
        select consumer, event_id from inbox where processed_at < now() - interval '{days} days' limit 5000
    )
    """,
    days=number(KEEP_DAYS),
)
"""Drops rows older than any event that could still come again."""


async def claim(connection: AsyncConnection[Any], consumer: str, ids: Iterable[UUID]) -> set[UUID]:
    """Take events for this transaction; those that have been handled already are not in what is returned.

    A second delivery at the same time waits here for the first to commit or roll back.
    """
    cursor = await execute(connection, _CLAIM, {"consumer": consumer, "ids": list(ids)})
    return {event_id for (event_id,) in await cursor.fetchall()}


async def record_failure(connection: AsyncConnection[Any], consumer: str, event_id: UUID, error: str) -> int:
    """Count a failed attempt, and return the number of attempts so far."""
    parameters = {"consumer": consumer, "event_id": event_id, "error": error[:2000]}
    row = await (await execute(connection, _FAIL, parameters)).fetchone()
    if row is None:
        raise AssertionError("the statement always gives one row")
    return int(row[0])


async def bury(
    connection: AsyncConnection[Any], consumer: str, event_id: UUID, kind: str, body: bytes, error: str
) -> None:
    """Keep an event that failed for good as a dead letter; it counts as handled."""
    await claim(connection, consumer, [event_id])
    parameters = {"consumer": consumer, "event_id": event_id, "type": kind, "body": body, "error": error[:2000]}
    await execute(connection, _BURY, parameters)
