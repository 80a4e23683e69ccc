"""What statuses and sources have in common: small tables of words that pictures refer to."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from ecatalog.caching.etag import json_response, require_match
from ecatalog.contracts.media import REFERENCE_CHANGED, STATUS_CHANGED, ReferenceChanged, StatusChanged
from ecatalog.core.errors import FieldErrors, NotFound
from ecatalog.db.database import Database, driver_connection
from ecatalog.db.render import render
from ecatalog.entities.filters import Where, order_sql, order_terms
from ecatalog.entities.rendering import Resource
from ecatalog.events.outbox import publish
from ecatalog.http.idempotency import claim, keep, key_of
from ecatalog.security.permissions import asker
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
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
    resource: Resource
    searched: str
    taken: Mapping[str, list[str]]
    visible: str = "true"
    has_creator: bool = False

    @property
    def name(self) -> str:
        return f'"{self.resource.table.name}"'

    async def everything(self, request: Request, where: Where) -> Response:
        """All visible rows as a plain array."""
        asked = request.query_params.get("ordering", "")
        terms = order_terms(asked, self.resource.schema.model_fields, self.resource.default_order)
        order = order_sql([(f'"{name}"', way) for name, way in terms])
        sql = (
            f"select coalesce(json_agg(x), '[]'::json) from (select {self.resource.fields} from {self.name} t"  # noqa: S608 - built from declarations
            f" where {self.resource.live} and {self.visible} and {where.sql} order by {order}) x"
        )
        return json_response(request, await _database(request).fetch_json(sql, where.parameters) or b"[]")

    async def show(self, request: Request, row_id: int) -> Response:
        return json_response(request, await self._row(request, row_id, self.visible))

    async def create(self, request: Request, user_id: int, body: BaseModel) -> Response:
        """201, or the stored answer when the same request came before with its ``Idempotency-Key``."""
        values = body.model_dump()
        key = key_of(request, user_id, values)
        values |= {"created_by": user_id} if self.has_creator else {}
        columns = ", ".join(f'"{name}"' for name in values)
        sql = (
            f"insert into {self.name} ({columns}) select {columns}"  # noqa: S608 - built from declarations
            f" from json_populate_record(null::{self.name}, :row) returning id"
        )
        async with self._writing(request) as session:
            connection = await driver_connection(session)
            earlier = await claim(connection, request, key)
            if earlier is not None:
                return earlier
            row_id = await self._write(session, sql, {"row": orjson.dumps(values).decode()})
            answer = await render(connection, self.resource.row_sql("t.id = %(id)s"), {"id": row_id})
            await keep(connection, key, answer)
        return json_response(request, answer, 201)

    async def change(self, request: Request, row_id: int, body: BaseModel) -> Response:
        """Only what was sent changes."""
        require_match(request, await self._row(request, row_id, self._changeable(request)))
        values = body.model_dump(include=body.model_fields_set)
        if values:
            changed = ", ".join(f'"{name}" = r."{name}"' for name in values)
            sql = (
                f"update {self.name} t set {changed} from json_populate_record(null::{self.name}, :row) r"  # noqa: S608 - built from declarations
                " where t.id = :id and not t.is_deleted returning t.id"
            )
            async with self._writing(request) as session:
                await self._write(session, sql, {"row": orjson.dumps(values).decode(), "id": row_id})
        return json_response(request, await self._row(request, row_id))

    async def delete(self, request: Request, row_id: int) -> Response:
        await self._row(request, row_id, self._changeable(request))
        sql = f"update {self.name} t set is_deleted = true where t.id = :id and not t.is_deleted returning t.id"  # noqa: S608 - a declared name
        async with self._writing(request) as session:
            await self._write(session, sql, {"id": row_id})
        return Response(status_code=204)

    def _changeable(self, request: Request) -> str:
        """Which rows the user may change, as SQL."""
        user = asker(request)
        return f"t.created_by = {user.user_id:d}" if self.has_creator and user and user.role == "agent" else "true"

    async def _row(self, request: Request, row_id: int, condition: str = "true") -> bytes:
        found = None
        if row_id <= MAX_ID:
            sql = self.resource.row_sql(f"t.id = %(id)s and {self.resource.live} and {condition}")
            found = await _database(request).fetch_json(sql, {"id": row_id})
        if found is None:
            raise NotFound
        return found

    @asynccontextmanager
    async def _writing(self, request: Request) -> AsyncIterator[AsyncSession]:
        """A transaction, after which nobody is shown what was before."""
        try:
            async with _database(request).session() as session:
                yield session
        except IntegrityError as error:
            raise FieldErrors(self.taken) from error
        finally:
            request.app.state.caches.invalidate(self.resource.topic, *SHOWN)

    async def _write(self, session: AsyncSession, sql: str, parameters: Mapping[str, Any]) -> int:
        """Run a statement that returns the id of the one row it writes, and tell others of it."""
        row_id = (await session.execute(text(sql), parameters)).scalar_one_or_none()
        if row_id is None:
            raise NotFound
        await self.tell(session, int(row_id))
        return int(row_id)

    async def tell(self, session: AsyncSession, row_id: int) -> None:
        """Publish a row as it is, in the transaction that changed or locked it."""
        sql = f"select t.is_deleted, row_to_json(x) from {self.name} t, lateral (select {self.resource.fields}) x"  # noqa: S608 - built from declarations
        is_deleted, row = (await session.execute(text(f"{sql} where t.id = :id"), {"id": row_id})).one()
        shown = orjson.loads(row) if isinstance(row, bytes | str) else row
        event = ReferenceChanged(kind=self.kind, reference_id=row_id, is_deleted=is_deleted, row=shown)
        connection = await driver_connection(session)
        await publish(connection, REFERENCE_CHANGED, event, key=f"{self.kind}-{row_id}")
        if self.kind == "status":
            public = StatusChanged(**shown, status_id=row_id, is_deleted=is_deleted)
            await publish(connection, STATUS_CHANGED, public, key=f"{self.kind}-{row_id}")


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
