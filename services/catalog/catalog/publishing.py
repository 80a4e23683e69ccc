"""Telling others what changed: one place says how a row of each kind looks in public."""

from collections.abc import Sequence
from typing import Any

from ecatalog.contracts import catalog as contracts
from ecatalog.contracts.base import EventData, EventType
from ecatalog.entities.rendering import column_sql
from ecatalog.telemetry import context
from psycopg import AsyncConnection
from pydantic import BaseModel
from sqlalchemy import Table

from catalog.client.models import Client
from catalog.nomenklatura.models import Nomenklatura
from catalog.project.models import Project

MAX_EVENT_BYTES = 400_000
"""Rows of one event, well below what a message may hold with its envelope."""


class Published:
    """How rows of one table are told: the event and the shape of a row in it."""

    def __init__(self, table: Any, event: EventType[Any], row: type[EventData]) -> None:
        self.table: Table = table.__table__
        self.event = event
        self.row_sql = _row_sql(self.table, row)


def _row_sql(table: Table, row: type[BaseModel]) -> str:
    """The public row as json, without what is empty; ``t`` is the row."""
    fields = ", ".join(f"'{name}': {_render(table, name)}" for name in row.model_fields)
    return f"json_object({fields} absent on null)"


def _render(table: Table, name: str) -> str:
    if name == "description_length":
        return "length(coalesce(t.description, ''))"
    return column_sql(table, name)


PROJECT = Published(Project, contracts.PROJECT_CHANGED, contracts.ProjectRow)
CLIENT = Published(Client, contracts.CLIENT_CHANGED, contracts.ClientRow)
NOMENKLATURA = Published(Nomenklatura, contracts.NOMENKLATURA_CHANGED, contracts.NomenklaturaRow)

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


async def publish_changed(connection: AsyncConnection[Any], kind: Published, ids: Sequence[int]) -> None:
    """Write the current rows ``ids`` into the outbox, in the transaction of ``connection``.

    Several events when the rows are many: each stays below the size of a message.
    """
    if ids:
        sql = _PUBLISH.format(row=kind.row_sql, table=kind.table.name)
        await connection.execute(
            sql.encode(),
            {
                "type": kind.event.name, "ids": list(ids), "limit": MAX_EVENT_BYTES,
                "request": context.request_id.get(), "trace": context.traceparent.get(),
            },
        )  # fmt: skip
