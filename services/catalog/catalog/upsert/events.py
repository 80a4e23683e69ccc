"""Telling others of what changed."""

from collections.abc import Sequence
from typing import Any

from ecatalog.db.sql import Connection, execute
from ecatalog.entities.entity import Entity
from ecatalog.telemetry import context

from catalog.upsert.statements import publish_sql

MAX_EVENT_BYTES = 400_000
"""Rows of one event, well below what a message may hold with its envelope."""


async def publish_changed(connection: Connection, entity: Entity, ids: Sequence[int]) -> None:
    """Write the current rows ``ids`` into the outbox, in the transaction of ``connection``.

    Several events when the rows are many: each stays below the size of a message.
    """
    if ids:
        sql, parameters = publish_sql(entity), event_parameters(entity)
        await execute(connection, sql, parameters | {"ids": list(ids), "limit": MAX_EVENT_BYTES})


def event_parameters(entity: Entity) -> dict[str, Any]:
    """The parameters of each statement that writes an event."""
    return {"type": entity.event.name, "request": context.request_id.get(), "trace": context.traceparent.get()}
