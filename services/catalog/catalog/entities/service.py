"""Shows and writes single rows of projects, clients and products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import etag, matches
from ecatalog.core.errors import Conflict, FieldErrors, MethodNotAllowed, NotFound, PreconditionFailed
from ecatalog.db.database import Database
from ecatalog.db.sql import Connection, Ident, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import ROW, FilterSet, Where
from ecatalog.entities.project_filters import project_id_filter
from ecatalog.fields.types import no_such_pk
from ecatalog.http.idempotency import Reply, SentKey, once
from ecatalog.security.permissions import Principal
from psycopg import AsyncCursor
from pydantic import BaseModel

from catalog.entities.errors import SEVERAL
from catalog.upsert.engine import Values, change_one, create_one, delete_one
from catalog.upsert.incoming import clean
from catalog.upsert.matching import Keep

COLLECTION_WORDS = frozenset({"bulk", "bulk-clear", "bulk-enrich", "import-xlsx"})
"""Paths that only take POST, and are no codes."""

_ONE_PROJECT = FilterSet(project_id_filter())

_ROWS = "select from {table} t where {where}"
_LOCK = "select from {table} t where {where} for update"
_PROJECTS = (
    "select coalesce(p.id, 0), p.code_1c, p.name from {table} t left join project p on p.id = {scope} where {where}"
    " order by p.id nulls first"
)


@dataclass(frozen=True)
class RowPath:
    """Names a row among those ``visible``: by its ``code`` in the path, and by a project where ``query`` holds one."""

    method: str
    code: str
    query: Mapping[str, str]
    visible: Where

    def select(self, entity: Entity) -> Where:
        """Narrow the visible rows to those that are meant."""
        if self.code in COLLECTION_WORDS:
            raise MethodNotAllowed(self.method, ("POST",))
        if "\x00" in self.code:
            raise NotFound
        if entity.scope:
            _ONE_PROJECT.apply(self.query, self.visible)
        return entity.has_code(self.code, self.visible)


def in_several_projects(entity: Entity, visible: Where) -> Where:
    """Narrow the visible rows to those whose code occurs more than once."""
    codes = compose(
        "{row}.{code} in (select {row}.{code} from {table} {row} where {live} and {visible}"
        " group by {row}.{code} having count(*) > 1)",
        row=ROW, code=Ident(entity.code), table=entity.name, live=entity.rendering.live, visible=visible.sql,
    )  # fmt: skip
    visible.add(codes)
    return visible


async def row_id(database: Database, entity: Entity, path: RowPath) -> int:
    """Return the id of the one row that a path means."""
    where = path.select(entity)
    sql = compose("select t.id from {table} t where {where} limit 2", table=entity.name, where=where.sql)
    found = await database.fetch_rows(sql, where.parameters)
    if len(found) != 1:
        await _refuse(database, entity, where)
    only: int = found[0][0]
    return only


async def show(database: Database, entity: Entity, path: RowPath, base: str, user: Principal | None) -> bytes:
    """Return the one row that a path means, as it is shown alone."""
    return await show_selected(database, entity, path.select(entity), base, user)


async def show_selected(database: Database, entity: Entity, where: Where, base: str, user: Principal | None) -> bytes:
    """Return the one row that is left, as it is shown alone."""
    sql = entity.alone.shown_to(user).row_sql(f"{where.sql} limit 2")
    found = await database.fetch_rows(sql, where.parameters | {"base": base})
    if len(found) != 1:
        await _refuse(database, entity, where)
    only: bytes = found[0][0]
    return only


async def create(
    database: Database,
    caches: Caches,
    entity: Entity,
    user_id: int,
    body: BaseModel,
    key: SentKey,
    base: str,
    keep: Keep | None = None,
) -> Reply:
    """Return the new row; or what was answered when the same request came before with its ``Idempotency-Key``."""
    values = entity.values_of(body)
    if keep:
        keep(values, is_new=True)
    clean(values)

    async def make(connection: Connection) -> bytes:
        return await create_one(connection, entity, values, base)

    try:
        return await once(database, key.of(user_id, values), make)
    finally:
        caches.invalidate(entity.name)


async def change(
    database: Database,
    caches: Caches,
    entity: Entity,
    path: RowPath,
    body: BaseModel,
    if_match: str | None,
    base: str,
    keep: Keep | None = None,
) -> bytes:
    """Return the changed row; only what was sent changes, the code never."""
    values = entity.values_of(body, sent_only=True)
    if keep:
        keep(values, is_new=False)
    where = path.select(entity)
    clean(values)
    sent_code = values.pop(entity.code, path.code)
    try:
        async with database.connection() as connection:
            if not entity.scope and sent_code != path.code:
                await _require_free(connection, entity, sent_code)
            if if_match is None:
                return await _change(connection, entity, where, values, base)
            async with connection.transaction():
                await _require_match(connection, entity, where, if_match, base)
                return await _change(connection, entity, where, values, base)
    finally:
        caches.invalidate(entity.name)


async def _change(connection: Connection, entity: Entity, where: Where, values: Values, base: str) -> bytes:
    answer = await change_one(connection, entity, where, values, base)
    if answer is None:
        await _explain(connection, entity, where)
        raise FieldErrors({"project_id": [no_such_pk(values.get("project_id"))]})
    return answer


async def delete(database: Database, caches: Caches, entity: Entity, path: RowPath) -> None:
    """Hide the one row that a path means."""
    where = path.select(entity)
    try:
        async with database.connection() as connection:
            if not await delete_one(connection, entity, where):
                await _explain(connection, entity, where)
    finally:
        caches.invalidate(entity.name)


async def _require_free(connection: Connection, entity: Entity, code: str) -> None:
    """A code that is sent is not taken over, but one of another row is an error."""
    where = entity.has_code(code, Where())
    if (await _select(connection, _ROWS, entity, where)).rowcount:
        raise FieldErrors({entity.code: [entity.conflict]})


async def _require_match(connection: Connection, entity: Entity, where: Where, if_match: str, base: str) -> None:
    """Raise 412 unless ``If-Match`` names the row as it is, shown alone or in the answer to a change."""
    await _select(connection, _LOCK, entity, where)
    tags = []
    for shown in dict.fromkeys((entity.alone, entity.rendering)):
        cursor = await execute(connection, shown.row_sql(where.sql), where.parameters | {"base": base})
        tags += [etag(body) for (body,) in await cursor.fetchall()]
    if tags and not any(matches(if_match, tag) for tag in tags):
        raise PreconditionFailed


async def _refuse(database: Database, entity: Entity, where: Where) -> None:
    async with database.connection() as connection:
        await _explain(connection, entity, where)


async def _explain(connection: Connection, entity: Entity, where: Where) -> None:
    """Raise when there is no row, or more than one, to show or to change."""
    cursor = await _select(connection, _PROJECTS, entity, where)
    projects = [dict(zip(("id", "code_1c", "name"), row, strict=True)) for row in await cursor.fetchall()]
    if not projects:
        raise NotFound
    if len(projects) > 1:
        raise Conflict({"detail": SEVERAL, "projects": projects})


async def _select(connection: Connection, template: LiteralString, entity: Entity, where: Where) -> AsyncCursor[Any]:
    scope = compose("t.{scope}", scope=Ident(entity.scope)) if entity.scope else compose("null::bigint")
    sql = compose(template, table=entity.name, scope=scope, where=where.sql)
    return await execute(connection, sql, where.parameters)
