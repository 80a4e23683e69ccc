"""Creating, changing and deleting rows: each in one statement, which also tells others of it."""

from collections.abc import Mapping
from typing import Any

import orjson
from ecatalog.core.errors import FieldErrors
from ecatalog.db.sql import execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.telemetry import context
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from catalog.html import TooLong, clean_description

Connection = AsyncConnection[Any]


def clean(values: dict[str, Any]) -> None:
    """Clean the description among the values of a row; raises :class:`FieldErrors`."""
    try:
        clean_description(values)
    except TooLong as error:
        raise FieldErrors({"description": [str(error)]}) from None


def _event_parameters(entity: Entity, base: str = "") -> dict[str, Any]:
    """The parameters of an event and of an answer, whose addresses begin with ``base``."""
    return {
        "base": base, "type": entity.event.name,
        "request": context.request_id.get(), "trace": context.traceparent.get(),
    }  # fmt: skip


def as_json(values: Mapping[str, Any]) -> str:
    return orjson.dumps(values, default=str).decode()


_INSERT = """
with t as (
    insert into {table} ({columns})
    select {columns} from json_populate_record(null::{table}, %(row)s::json) r where {allowed}
    on conflict ({unique}) do nothing returning *
), told as ({told})
{shown}
"""
_KNOWN_PROJECT = (
    "(r.project_id is null or exists (select from project p where p.id = r.project_id and not p.is_deleted))"
)


async def insert(connection: Connection, entity: Entity, values: Mapping[str, Any], base: str) -> bytes | None:
    """The new row as its answer; None when its code is taken or its project does not exist."""
    sql = _INSERT.format(
        table=entity.name, columns=entity.columns, unique=entity.unique, told=entity.event_sql, shown=entity.answer_sql,
        allowed=_KNOWN_PROJECT if entity.scope else "true",
    )  # fmt: skip
    return await _one(connection, sql, _event_parameters(entity, base) | {"row": as_json(values)})


_UPDATE = """
with found as (select min(t.id) as id from {table} t where {where} having count(*) = 1), t as (
    update {table} u set ({columns}, updated_at) = (
        select {columns}, clock_timestamp() from json_populate_record(u, %(row)s::json)
    ) from found where u.id = found.id and not u.is_deleted and {allowed} returning u.*
), told as ({told})
{shown}
"""
_MAY_MOVE = (
    "(%(project_id)s::bigint is null or u.project_id = %(project_id)s::bigint"
    " or exists (select from project p where p.id = %(project_id)s::bigint and not p.is_deleted))"
)


async def update(
    connection: Connection, entity: Entity, where: Where, values: Mapping[str, Any], base: str
) -> bytes | None:
    """Change the one live row that ``where`` selects; None when there is not exactly one, or it may not change so."""
    sql = _UPDATE.format(
        table=entity.name, columns=entity.columns, where=where.sql, told=entity.event_sql, shown=entity.answer_sql,
        allowed=_MAY_MOVE if entity.scope else "true",
    )  # fmt: skip
    parameters = {"row": as_json(values), "project_id": values.get("project_id")}
    try:
        return await _one(connection, sql, where.parameters | _event_parameters(entity, base) | parameters)
    except UniqueViolation:
        raise FieldErrors({entity.code: [entity.conflict]}) from None


async def _one(connection: Connection, sql: str, parameters: Mapping[str, Any]) -> bytes | None:
    cursor = await execute(connection, sql, parameters)
    row = await cursor.fetchone()
    return None if row is None else row[1]


_DELETE = """
with found as (select min(t.id) as id from {table} t where {where} having count(*) = 1), t as (
    update {table} u set is_deleted = true, updated_at = clock_timestamp()
    from found where u.id = found.id and not u.is_deleted returning u.*
), told as ({told})
select t.id from t
"""


async def delete(connection: Connection, entity: Entity, where: Where) -> bool:
    """Hide the one live row that ``where`` selects; False when there is not exactly one."""
    sql = _DELETE.format(table=entity.name, where=where.sql, told=entity.event_sql)
    cursor = await execute(connection, sql, where.parameters | _event_parameters(entity))
    return await cursor.fetchone() is not None


async def revive(connection: Connection, entity: Entity, values: Mapping[str, Any], base: str) -> bytes | None:
    """The row of a deleted code as a new one; None when the code is not deleted.

    A client or product gets a new id, so nothing that others keep by the old one comes back. A project keeps its id,
    since products and integrations hang on it; only its pictures up to now are left behind.
    """
    if entity.scope:
        sql = _REMOVE_DELETED.format(table=entity.name, code=entity.code)
        cursor = await execute(connection, sql, values)
        return await insert(connection, entity, values, base) if cursor.rowcount else None
    sql = _RENEW.format(
        table=entity.name, columns=entity.columns, code=entity.code, told=entity.event_sql, shown=entity.answer_sql
    )
    return await _one(
        connection, sql, _event_parameters(entity, base) | {"row": as_json(values), "code": values[entity.code]}
    )


_REMOVE_DELETED = (
    "delete from {table} where {code} = %({code})s and project_id is not distinct from %(project_id)s and is_deleted"
)
_RENEW = """
with t as (
    update {table} u set ({columns}, images_after, created_at, updated_at) = (
        select {columns}, coalesce((select max(image_id) from image), 0), now(), now()
          from json_populate_record(null::{table}, %(row)s::json)
    ) where u.{code} = %(code)s and u.is_deleted returning u.*
), told as ({told})
{shown}
"""


async def is_live_project(connection: Connection, project_id: int) -> bool:
    sql = "select from project where id = %s and not is_deleted"
    return await (await execute(connection, sql, [project_id])).fetchone() is not None


async def is_taken(connection: Connection, entity: Entity, code: str) -> bool:
    sql = f"select from {entity.name} t where t.{entity.code} = %s and {entity.rendering.live}"
    return await (await execute(connection, sql, [code])).fetchone() is not None


async def lock(connection: Connection, entity: Entity, where: Where) -> None:
    """Let nobody else change the rows that ``where`` selects until this transaction ends."""
    sql = f"select from {entity.name} t where {where.sql} for update"
    await execute(connection, sql, where.parameters)


async def projects_of(connection: Connection, entity: Entity, where: Where) -> list[dict[str, Any]]:
    """The project of each row that ``where`` selects; id 0 for none."""
    project = "t.project_id" if entity.scope else "null::bigint"
    sql = (
        "select coalesce(p.id, 0), p.code_1c, p.name"  # noqa: S608 - built from declarations
        f" from {entity.name} t left join project p on p.id = {project} where {where.sql} order by p.id nulls first"
    )
    cursor = await execute(connection, sql, where.parameters)
    return [dict(zip(("id", "code_1c", "name"), row, strict=True)) for row in await cursor.fetchall()]
