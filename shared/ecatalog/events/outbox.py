"""Writes events in the transaction that makes the change."""

from typing import Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection

from ecatalog.contracts.base import EventData, EventType
from ecatalog.core.ids import uuid7
from ecatalog.db.sql import execute
from ecatalog.telemetry import context

D = TypeVar("D", bound=EventData)

_INSERT = """
    insert into outbox (id, type, key, suffix, data, request_id, traceparent)
    values (%(id)s, %(type)s, %(key)s, %(suffix)s, %(data)s, %(request_id)s, %(traceparent)s)
    on conflict (id) do update set published_at = null
"""
_AGAIN = "update outbox set published_at = null where id = %(id)s returning pg_notify('outbox', '')"


async def publish(
    connection: AsyncConnection[Any],
    kind: EventType[D],
    data: D,
    *,
    key: Any,
    suffix: str = "",
    event_id: UUID | None = None,
) -> None:
    """Add an event to the transaction of ``connection``; the relay sends it after the commit.

    ``key`` names what changed, ``suffix`` is appended to the NATS subject. An event with a deterministic
    ``event_id`` that is written again is sent again, unchanged.
    """
    await execute(
        connection,
        _INSERT,
        {
            "id": event_id or uuid7(),
            "type": kind.name,
            "key": str(key),
            "suffix": suffix,
            "data": data.model_dump_json(),
            "request_id": context.request_id.get(),
            "traceparent": context.traceparent.get(),
        },
    )


async def publish_again(connection: AsyncConnection[Any], event_id: UUID) -> bool:
    """Send an event once more as it was written; False when the outbox does not hold it any longer."""
    return (await execute(connection, _AGAIN, {"id": event_id})).rowcount > 0
