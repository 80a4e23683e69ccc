"""Publishes what changed."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ecatalog.db.sql import Connection, Sql, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.telemetry import context

from catalog.upsert.fragments import EVENT, PARTS, SHOWN

MAX_EVENT_BYTES = 400_000
"""Rows of one event, well below what a message may hold with its envelope."""

_PUBLISH = "with " + ", ".join((SHOWN, EVENT)) + " select"


async def publish_changed(connection: Connection, entity: Entity, ids: Sequence[int]) -> None:
    """Write the current rows ``ids`` into the outbox, in the transaction of ``connection``.

    Several events when the rows are many: each stays below the size of a message.
    """
    if ids:
        parameters = event_parameters(entity) | {"ids": list(ids), "limit": MAX_EVENT_BYTES}
        await execute(connection, _publish_sql(entity), parameters)


def event_parameters(entity: Entity, base: str = "") -> dict[str, Any]:
    """Return the parameters of an event and of an answer, whose addresses begin with ``base``."""
    return {
        "base": base, "type": entity.event.name,
        "request": context.request_id.get(), "trace": context.traceparent.get(),
    }  # fmt: skip


@lru_cache
def _publish_sql(entity: Entity) -> Sql:
    rows, key, source = compose("json_agg(row order by id)"), compose("min(id)"), compose(PARTS)
    return compose(_PUBLISH, table=entity.name, row=entity.event_row_sql, rows=rows, key=key, source=source)
