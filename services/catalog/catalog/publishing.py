"""Telling others what changed."""

from collections.abc import Sequence
from typing import Any

from ecatalog.entities.entity import Entity
from ecatalog.telemetry import context
from psycopg import AsyncConnection

MAX_EVENT_BYTES = 400_000
"""Rows of one event, well below what a message may hold with its envelope."""


# Rows in the order of their ids, cut where their running length passes a multiple of the limit. They are rendered
# once, before that: rendering is most of the work.
_PUBLISH = """
    with shown as materialized (
        select t.id, {row} as row from {table} t where t.id = any(%(ids)s)
    )
    insert into outbox (type, key, data, request_id, traceparent)
    select %(type)s, min(id)::text, json_build_object('rows', json_agg(row order by id)), %(request)s, %(trace)s
      from (select id, row, sum(octet_length(row::text)) over (order by id) / %(limit)s as part from shown) s
     group by part order by part
"""


async def publish_changed(connection: AsyncConnection[Any], entity: Entity, ids: Sequence[int]) -> None:
    """Write the current rows ``ids`` into the outbox, in the transaction of ``connection``.

    Several events when the rows are many: each stays below the size of a message.
    """
    if ids:
        sql = _PUBLISH.format(row=entity.event_row_sql, table=entity.name)
        await connection.execute(
            sql.encode(),
            {
                "type": entity.event.name, "ids": list(ids), "limit": MAX_EVENT_BYTES,
                "request": context.request_id.get(), "trace": context.traceparent.get(),
            },
        )  # fmt: skip
