"""Reads and writes references, and publishes those that changed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
import psycopg
from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import require_match
from ecatalog.contracts.media import REFERENCE_CHANGED, STATUS_CHANGED, ReferenceChanged, StatusChanged
from ecatalog.core.errors import FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.render import render
from ecatalog.db.sql import Ident, Sql, compose, execute, join
from ecatalog.entities.filters import Where, order_by
from ecatalog.events.outbox import publish
from ecatalog.http.idempotency import Reply, SentKey, claim, keep
from ecatalog.listing.entity_list import ListPage, Lists
from ecatalog.listing.list_request import ListRequest
from ecatalog.security.permissions import Principal
from pydantic import BaseModel

from media.reading import narrow, read_row
from media.references.declarations import ReferenceTable


async def show_all(database: Database, kind: ReferenceTable, query: Mapping[str, str]) -> bytes:
    """Return all rows that everyone sees as a plain array, narrowed and ordered as the query says."""
    rendering, where = kind.rendering, kind.shown()
    narrow(where, query.get("search", ""), kind.searched)
    sql = compose(
        "select coalesce(json_agg(x), '[]'::json) from (select {fields} from {table} t"
        " where {live} and {where} order by {order}) x",
        fields=rendering.fields, table=rendering.name, live=rendering.live, where=where.sql,
        order=order_by(query.get("ordering", ""), kind.answer.model_fields, rendering.default_order),
    )  # fmt: skip
    return await database.fetch_json(sql, where.parameters) or b"[]"


async def page(lists: Lists, kind: ReferenceTable, asked: ListRequest) -> ListPage:
    where = kind.shown()
    narrow(where, asked.query.get("search", ""), kind.searched)
    return await lists.page(asked, kind.rendering, where, default="page")


async def show(database: Database, kind: ReferenceTable, row_id: int) -> bytes:
    return await read_row(database, kind.rendering, row_id, kind.shown())


async def create(
    database: Database, caches: Caches, kind: ReferenceTable, user: Principal, sent: SentKey, body: BaseModel
) -> Reply:
    values = body.model_dump()
    key = sent.of(user.user_id, values)
    values |= {"created_by": user.user_id} if kind.has_creator else {}
    sql = compose(
        "insert into {table} ({columns}) select {columns} from json_populate_record(null::{table}, %(row)s::json)"
        " returning id",
        table=kind.rendering.name, columns=join(", ", [_quoted(name) for name in values]),
    )  # fmt: skip
    async with _writing(database, caches, kind) as connection:
        earlier = await claim(connection, key)
        if earlier is not None:
            return earlier
        row_id = await _write(connection, kind, sql, {"row": orjson.dumps(values).decode()})
        answer = await render(connection, kind.rendering.row_sql("t.id = %(id)s"), {"id": row_id})
        await keep(connection, key, answer)
    return Reply(answer)


async def change(
    database: Database, caches: Caches, kind: ReferenceTable, user: Principal, row_id: int, if_match: str | None,
    body: BaseModel,
) -> bytes:  # fmt: skip
    """Change only what was sent."""
    require_match(if_match, await read_row(database, kind.rendering, row_id, kind.changeable(user)))
    values = body.model_dump(include=body.model_fields_set)
    if values:
        sql = compose(
            "update {table} t set {changed} from json_populate_record(null::{table}, %(row)s::json) r"
            " where t.id = %(id)s and not t.is_deleted returning t.id",
            table=kind.rendering.name,
            changed=join(", ", [compose("{name} = r.{name}", name=_quoted(name)) for name in values]),
        )  # fmt: skip
        async with _writing(database, caches, kind) as connection:
            await _write(connection, kind, sql, {"row": orjson.dumps(values).decode(), "id": row_id})
    return await read_row(database, kind.rendering, row_id, Where())


async def delete(database: Database, caches: Caches, kind: ReferenceTable, user: Principal, row_id: int) -> None:
    await read_row(database, kind.rendering, row_id, kind.changeable(user))
    sql = compose(
        "update {table} t set is_deleted = true where t.id = %(id)s and not t.is_deleted returning t.id",
        table=kind.rendering.name,
    )
    async with _writing(database, caches, kind) as connection:
        await _write(connection, kind, sql, {"id": row_id})


async def publish_reference(connection: Transaction, kind: ReferenceTable, row_id: int) -> None:
    """Publish a row as it is, in the transaction that changed or locked it."""
    ((is_deleted, row),) = await (await execute(connection, kind.event_sql, {"id": row_id})).fetchall()
    shown, key = orjson.loads(row), f"{kind.name}-{row_id}"
    event = ReferenceChanged(kind=kind.name, reference_id=row_id, is_deleted=is_deleted, row=shown)
    await publish(connection, REFERENCE_CHANGED, event, key=key)
    if kind.name == "status":
        public = StatusChanged(**shown, status_id=row_id, is_deleted=is_deleted)
        await publish(connection, STATUS_CHANGED, public, key=key)


@asynccontextmanager
async def _writing(database: Database, caches: Caches, kind: ReferenceTable) -> AsyncIterator[Transaction]:
    """Open a transaction; after it, no cache shows the former state."""
    try:
        async with database.transaction() as connection:
            yield connection
    except psycopg.IntegrityError as error:
        raise FieldErrors(kind.conflict) from error
    finally:
        caches.invalidate(*kind.topics)


async def _write(connection: Transaction, kind: ReferenceTable, sql: Sql, parameters: Mapping[str, Any]) -> int:
    """Run a statement that returns the id of the one row it writes, and publish that row."""
    row = await (await execute(connection, sql, parameters)).fetchone()
    if row is None:
        raise NotFound
    await publish_reference(connection, kind, row[0])
    return int(row[0])


def _quoted(name: str) -> Sql:
    """Return a column whose name may be a word of SQL."""
    return compose('"{name}"', name=Ident(name))
