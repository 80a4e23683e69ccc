"""What statuses and sources have in common: small tables of words that pictures refer to."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, LiteralString

import orjson
import psycopg
from ecatalog.caching.etag import json_response, require_match
from ecatalog.contracts.media import REFERENCE_CHANGED, STATUS_CHANGED, ReferenceChanged, StatusChanged
from ecatalog.core.errors import FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.render import render
from ecatalog.db.sql import Ident, Sql, compose, execute, join
from ecatalog.entities.filters import Where, order_sql, order_terms
from ecatalog.entities.rendering import Rendering
from ecatalog.events.outbox import publish
from ecatalog.http.dependencies import sent_key
from ecatalog.http.idempotency import claim, keep
from ecatalog.http.responses import reply_response
from ecatalog.security.permissions import asker
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

MAX_ID = 2**63 - 1
SHOWN = ("project_image", "client_image", "nomenklatura_image", "thumbnail")
"""What shows references."""


@dataclass(frozen=True)
class References:
    """One such table. ``taken`` is what a client is told of a value that another row has; ``visible`` is SQL. Agents
    change only rows that they have made, where it is known who did (``has_creator``)."""

    kind: Literal["status", "source"]
    resource: Rendering
    searched: LiteralString
    taken: Mapping[str, list[str]]
    visible: LiteralString = "true"
    has_creator: bool = False

    @cached_property
    def _told(self) -> Sql:
        """The statement for a row as others are told of it."""
        return compose(
            "select t.is_deleted, row_to_json(x)::text from {table} t, lateral (select {fields}) x where t.id = %(id)s",
            table=self.resource.name, fields=self.resource.fields,
        )  # fmt: skip

    async def everything(self, request: Request, where: Where) -> Response:
        """All visible rows as a plain array."""
        asked = request.query_params.get("ordering", "")
        terms = order_terms(asked, self.resource.schema.model_fields, self.resource.default_order)
        sql = compose(
            "select coalesce(json_agg(x), '[]'::json) from (select {fields} from {table} t"
            " where {live} and {visible} and {where} order by {order}) x",
            fields=self.resource.fields, table=self.resource.name, live=self.resource.live,
            visible=compose(self.visible), where=where.sql, order=order_sql(terms),
        )  # fmt: skip
        return json_response(request, await _database(request).fetch_json(sql, where.parameters) or b"[]")

    async def show(self, request: Request, row_id: int) -> Response:
        where = Where()
        where.add(self.visible)
        return json_response(request, await self._row(request, row_id, where))

    async def create(self, request: Request, user_id: int, body: BaseModel) -> Response:
        """201, or the stored answer when the same request came before with its ``Idempotency-Key``."""
        values = body.model_dump()
        key = sent_key(request).of(user_id, values)
        values |= {"created_by": user_id} if self.has_creator else {}
        sql = compose(
            "insert into {table} ({columns}) select {columns} from json_populate_record(null::{table}, %(row)s::json)"
            " returning id",
            table=self.resource.name, columns=join(", ", [_quoted(name) for name in values]),
        )  # fmt: skip
        async with self._writing(request) as connection:
            earlier = await claim(connection, key)
            if earlier is not None:
                return reply_response(request, earlier)
            row_id = await self._write(connection, sql, {"row": orjson.dumps(values).decode()})
            answer = await render(connection, self.resource.row_sql("t.id = %(id)s"), {"id": row_id})
            await keep(connection, key, answer)
        return json_response(request, answer, 201)

    async def change(self, request: Request, row_id: int, body: BaseModel) -> Response:
        """Only what was sent changes."""
        require_match(request.headers.get("if-match"), await self._row(request, row_id, self._changeable(request)))
        values = body.model_dump(include=body.model_fields_set)
        if values:
            changed = [compose("{name} = r.{name}", name=_quoted(name)) for name in values]
            sql = compose(
                "update {table} t set {changed} from json_populate_record(null::{table}, %(row)s::json) r"
                " where t.id = %(id)s and not t.is_deleted returning t.id",
                table=self.resource.name, changed=join(", ", changed),
            )  # fmt: skip
            async with self._writing(request) as connection:
                await self._write(connection, sql, {"row": orjson.dumps(values).decode(), "id": row_id})
        return json_response(request, await self._row(request, row_id))

    async def delete(self, request: Request, row_id: int) -> Response:
        await self._row(request, row_id, self._changeable(request))
        sql = compose(
            "update {table} t set is_deleted = true where t.id = %(id)s and not t.is_deleted returning t.id",
            table=self.resource.name,
        )
        async with self._writing(request) as connection:
            await self._write(connection, sql, {"id": row_id})
        return Response(status_code=204)

    def _changeable(self, request: Request) -> Where:
        """The rows that the user may change."""
        where, user = Where(), asker(request)
        if self.has_creator and user and user.role == "agent":
            where.add("t.created_by = {value}", user.user_id)
        return where

    async def _row(self, request: Request, row_id: int, where: Where | None = None) -> bytes:
        found = None
        if row_id <= MAX_ID:
            where = where or Where()
            where.add("t.id = {value}", row_id)
            where.add(self.resource.live)
            found = await _database(request).fetch_json(self.resource.row_sql(where.sql), where.parameters)
        if found is None:
            raise NotFound
        return found

    @asynccontextmanager
    async def _writing(self, request: Request) -> AsyncIterator[Transaction]:
        """A transaction, after which nobody is shown what was before."""
        try:
            async with _database(request).transaction() as connection:
                yield connection
        except psycopg.IntegrityError as error:
            raise FieldErrors(self.taken) from error
        finally:
            request.app.state.caches.invalidate(self.resource.topic, *SHOWN)

    async def _write(self, connection: Transaction, sql: Sql, parameters: Mapping[str, Any]) -> int:
        """Run a statement that returns the id of the one row it writes, and tell others of it."""
        row = await (await execute(connection, sql, parameters)).fetchone()
        if row is None:
            raise NotFound
        await self.tell(connection, row[0])
        return int(row[0])

    async def tell(self, connection: Transaction, row_id: int) -> None:
        """Publish a row as it is, in the transaction that changed or locked it."""
        ((is_deleted, row),) = await (await execute(connection, self._told, {"id": row_id})).fetchall()
        shown = orjson.loads(row)
        event = ReferenceChanged(kind=self.kind, reference_id=row_id, is_deleted=is_deleted, row=shown)
        await publish(connection, REFERENCE_CHANGED, event, key=f"{self.kind}-{row_id}")
        if self.kind == "status":
            public = StatusChanged(**shown, status_id=row_id, is_deleted=is_deleted)
            await publish(connection, STATUS_CHANGED, public, key=f"{self.kind}-{row_id}")


def _quoted(name: str) -> Sql:
    """A column of which the name may be a word of SQL."""
    return compose('"{name}"', name=Ident(name))


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
