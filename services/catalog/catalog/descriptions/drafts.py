"""Keeps drafts: texts that a model wrote under review, until an editor accepts or drops them."""

from datetime import UTC, datetime

from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import json_response
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.http.dependencies import base_url, own_url
from ecatalog.listing.paging import Page, envelope
from starlette.requests import Request
from starlette.responses import Response

from catalog import rows
from catalog.descriptions import views
from catalog.descriptions.wanted import has_status
from catalog.rows import Connection
from catalog.store import Store

SUFFIX = "/description-draft"

_HOLD = "select description from generated_description where kind = %s and row_id = %s and is_draft for update"
_REPLACED = "delete from generated_description where kind = %s and row_id = %s and not is_draft"
_ACCEPTED = "update generated_description set is_draft = false where kind = %s and row_id = %s and is_draft"
_DROPPED = "delete from generated_description where kind = %s and row_id = %s and is_draft"
_BACK = """
    update nomenklatura t
       set enrichment_status = case when t.last_enriched_at is null then 'PENDING' else 'COMPLETED' end
     where t.id = %s and t.enrichment_status = 'IN_PROGRESS'
       and not exists (select from description_claim c where c.kind = 'nomenklatura' and c.row_id = t.id)
"""


class Drafts:
    """The drafts of one kind. Answers carry no tag, so that no cache serves one to somebody else."""

    def __init__(self, entity: Entity, store: Store) -> None:
        self._entity = entity
        self._store = store

    async def page(self, request: Request, seen: Where) -> Response:
        """Those that wait, oldest first."""
        database = _database(request)
        page = Page.of({name: value for name, value in request.query_params.items() if name != "cursor"})
        row = await database.fetch_row(views.count_drafts(self._entity, seen.sql), seen.parameters)
        count = row[0] if row else 0
        skipped = page.skipped(count)
        parameters = seen.parameters | {"limit": page.size, "offset": skipped}
        found = await database.fetch_rows(views.drafts(self._entity, seen.sql), parameters)
        results = b"[" + b",".join(shown for (shown,) in found) + b"]"
        return _json(envelope(page, count, skipped, own_url(request), results))

    async def is_code(self, request: Request, code: str, seen: Where) -> bool:
        """Whether what looks like a draft's path is the code of a row."""
        where = self._store.selected(request, code + SUFFIX, seen)
        sql = compose("select 1 from {table} t where {where} limit 1", table=self._entity.name, where=where.sql)
        return await _database(request).fetch_row(sql, where.parameters) is not None

    async def show(self, request: Request, code: str, seen: Where) -> Response:
        row_id = await self._store.row_id(request, code, seen)
        found = await _database(request).fetch_json(views.draft(self._entity, "t.id = %(id)s"), {"id": row_id})
        if found is None:
            raise NotFound
        return _json(found)

    async def accept(self, request: Request, code: str, seen: Where) -> Response:
        """The row, with the draft as its description."""
        row_id = await self._store.row_id(request, code, seen)
        try:
            async with _database(request).connection() as connection, connection.transaction():
                return json_response(request, await self._accept(connection, row_id, base_url(request)))
        finally:
            self._forget(request)

    async def _accept(self, connection: Connection, row_id: int, base: str) -> bytes:
        about = [self._entity.name, row_id]
        draft = await (await execute(connection, _HOLD, about)).fetchone()
        values = {"description": draft[0]} if draft else {}
        if has_status(self._entity):
            values |= {"enrichment_status": "COMPLETED", "last_enriched_at": datetime.now(UTC).isoformat()}
        where = Where()
        where.add("t.id = {value}", row_id)
        shown = await rows.update(connection, self._store.entity, where, values, base) if draft else None
        if shown is None:
            raise NotFound
        await execute(connection, _REPLACED, about)
        await execute(connection, _ACCEPTED, about)
        return shown

    async def drop(self, request: Request, code: str, seen: Where) -> Response:
        row_id = await self._store.row_id(request, code, seen)
        try:
            async with _database(request).connection() as connection, connection.transaction():
                dropped = await execute(connection, _DROPPED, [self._entity.name, row_id])
                if not dropped.rowcount:
                    raise NotFound
                if has_status(self._entity):
                    await execute(connection, _BACK, [row_id])
        finally:
            self._forget(request)
        return Response(status_code=204)

    def _forget(self, request: Request) -> None:
        caches: Caches = request.app.state.caches
        caches.invalidate(self._entity.name)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
