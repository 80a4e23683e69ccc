"""What the routes of projects, clients and products do with rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import etag, json_response, matches
from ecatalog.core.errors import Conflict, FieldErrors, MethodNotAllowed, NotFound, PreconditionFailed
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import FilterSet, Where
from ecatalog.entities.rendering import Rendering
from ecatalog.fields.types import no_such_pk
from ecatalog.http.dependencies import base_url, list_request, sent_key
from ecatalog.http.idempotency import once
from ecatalog.http.responses import list_response, reply_response
from ecatalog.listing.entity_list import Lists
from ecatalog.security.permissions import asker
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from catalog import rows
from catalog.project.filters import project_id_filter
from catalog.rows import Connection

SEVERAL = "This code exists in several projects. Send project_id (0 for the row without a project)."
COLLECTION_WORDS = frozenset({"bulk", "bulk-clear", "bulk-enrich", "import-xlsx"})
"""Paths that only take POST, and are no codes."""

_ONE_PROJECT = FilterSet(project_id_filter())


@dataclass(frozen=True)
class Store:
    """The rows of one kind. ``detail`` is how one of them is shown alone."""

    entity: Entity
    detail: Rendering

    def selected(self, request: Request, code: str, seen: Where) -> Where:
        """The rows that a path and its ``project_id`` name, among those ``seen``."""
        if code in COLLECTION_WORDS:
            raise MethodNotAllowed(request.method, ("POST",))
        if "\x00" in code:
            raise NotFound
        if self.entity.scope:
            _ONE_PROJECT.apply(request.query_params, seen)
        return self.entity.has_code(code, seen)

    async def page(self, request: Request, seen: Where) -> Response:
        lists: Lists = request.app.state.lists
        return list_response(request, await lists.page(list_request(request), self.entity.rendering, seen))

    async def row_id(self, database: Database, where: Where) -> int:
        """The id of the one row that a path names, as ``selected`` says."""
        async with database.connection() as connection:
            sql = f"select t.id from {self.entity.name} t where {where.sql} limit 2"  # noqa: S608 - built from declarations
            found = await (await execute(connection, sql, where.parameters)).fetchall()
            if len(found) != 1:
                await self._refuse(connection, where)
        row_id: int = found[0][0]
        return row_id

    async def duplicates(self, request: Request, seen: Where) -> Response:
        """The rows seen whose code occurs in more than one project."""
        code, table = self.entity.code, self.entity.name
        seen.add(
            f"t.{code} in (select t.{code} from {table} t"  # noqa: S608 - built from declarations
            f" where {self.entity.rendering.live} and {seen.sql} group by t.{code} having count(*) > 1)"
        )
        return await self.page(request, seen)

    async def show(self, request: Request, code: str, seen: Where) -> Response:
        where = self.selected(request, code, seen)
        sql = self.detail.shown_to(asker(request)).row_sql(f"{where.sql} limit 2")
        parameters = where.parameters | {"base": base_url(request)}
        found = await _database(request).fetch_rows(sql, parameters)
        if len(found) != 1:
            async with _database(request).connection() as connection:
                await self._refuse(connection, where)
        return json_response(request, found[0][0])

    async def create(self, request: Request, user_id: int, body: BaseModel) -> Response:
        """201, or the stored answer when the same request came before with its ``Idempotency-Key``."""
        values = rows.values_of(self.entity, body)
        base = base_url(request)

        async def make(connection: Connection) -> bytes:
            answer = await rows.insert(connection, self.entity, values, base)
            return answer or await self._make_again(connection, values, base)

        try:
            key = sent_key(request).of(user_id, values)
            return reply_response(request, await once(_database(request), key, make))
        finally:
            self._forget(request)

    async def _make_again(self, connection: Connection, values: Mapping[str, Any], base: str) -> bytes:
        """The row of a deleted code, as a new one; or the reason why there is none."""
        project_id = values.get("project_id")
        async with connection.transaction():
            if project_id is not None and not await rows.is_live_project(connection, project_id):
                raise FieldErrors({"project_id": [no_such_pk(project_id)]})
            answer = await rows.revive(connection, self.entity, values, base)
        if answer is None:
            raise FieldErrors({self.entity.code: [self.entity.conflict]})
        return answer

    async def change(self, request: Request, code: str, seen: Where, body: BaseModel) -> Response:
        """The changed row; only what was sent changes, the code never."""
        where = self.selected(request, code, seen)
        values = rows.values_of(self.entity, body, sent_only=True)
        sent_code = values.pop(self.entity.code, code)
        try:
            async with _database(request).connection() as connection:
                if not self.entity.scope and sent_code != code:
                    await self._require_free(connection, sent_code)
                if "if-match" not in request.headers:
                    return await self._change(connection, request, where, values)
                async with connection.transaction():
                    await self._require_match(connection, request, where)
                    return await self._change(connection, request, where, values)
        finally:
            self._forget(request)

    async def _change(
        self, connection: Connection, request: Request, where: Where, values: Mapping[str, Any]
    ) -> Response:
        answer = await rows.update(connection, self.entity, where, values, base_url(request))
        if answer is None:
            await self._refuse(connection, where)
            raise FieldErrors({"project_id": [no_such_pk(values.get("project_id"))]})
        return json_response(request, answer)

    async def delete(self, request: Request, code: str, seen: Where) -> Response:
        where = self.selected(request, code, seen)
        try:
            async with _database(request).connection() as connection:
                if not await rows.delete(connection, self.entity, where):
                    await self._refuse(connection, where)
        finally:
            self._forget(request)
        return Response(status_code=204)

    async def _require_free(self, connection: Connection, code: str) -> None:
        """A code that is sent is not taken over, but one of another row is an error."""
        if await rows.is_taken(connection, self.entity, code):
            raise FieldErrors({self.entity.code: [self.entity.conflict]})

    async def _require_match(self, connection: Connection, request: Request, where: Where) -> None:
        """412 unless ``If-Match`` names the row as it is, shown alone or in the answer to a change."""
        parameters = where.parameters | {"base": base_url(request)}
        await rows.lock(connection, self.entity, where)
        tags = []
        for shown in (self.detail, self.entity.rendering):
            cursor = await execute(connection, shown.row_sql(where.sql), parameters)
            tags += [etag(body) for (body,) in await cursor.fetchall()]
        if tags and not any(matches(request.headers["if-match"], tag) for tag in tags):
            raise PreconditionFailed

    async def _refuse(self, connection: Connection, where: Where) -> None:
        """Raise when there is no row, or more than one, to show or to change."""
        projects = await rows.projects_of(connection, self.entity, where)
        if not projects:
            raise NotFound
        if len(projects) > 1:
            raise Conflict({"detail": SEVERAL, "projects": projects})

    def _forget(self, request: Request) -> None:
        caches: Caches = request.app.state.caches
        caches.invalidate(self.entity.name)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
