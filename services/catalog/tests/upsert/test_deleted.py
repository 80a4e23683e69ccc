"""The table of ``catalog.upsert.matching``: what becomes of a deleted row whose code comes again."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.upsert import engine
from catalog.upsert.incoming import Incoming
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.sql import Connection, Ident, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where

Row = dict[str, Any]
Way = Callable[[Connection, Entity, str, int | None], Awaitable[object]]


def sent(entity: Entity, project: int | None, **values: Any) -> Row:
    """The columns of a whole body."""
    values |= {"project_id": project} if entity.scope else {}
    return entity.values_of(entity.body.model_construct(None, **values))


async def by_post(connection: Connection, entity: Entity, code: str, project: int | None) -> None:
    await engine.create_one(connection, entity, sent(entity, project, **{entity.code: code, "name": "new"}), "")


async def by_json(connection: Connection, entity: Entity, code: str, project: int | None) -> None:
    await engine.write(connection, entity, [Incoming(0, code, project, False, {"name": "new"})], Where())


async def by_workbook(connection: Connection, entity: Entity, code: str, project: int | None) -> None:
    incoming = Incoming(2, code, project, bool(entity.scope) and project is None, {"name": "new"})
    await engine.write(connection, entity, [incoming], Where(), new={})


def by_1c(**mark: bool) -> Way:
    async def write(connection: Connection, entity: Entity, code: str, project: int | None) -> None:
        await engine.write_chunk(connection, entity, [{entity.code: code, "name": "new"} | mark], project or 0)

    return write


_ROW = "select id, name, description, is_deleted from {table} where {code} = %(code)s"

NEW = ("new id", None, "shown")
SAME_ID = ("same id", None, "shown")
SHOWN = ("same id", "kept", "shown")
HIDDEN = ("same id", "kept", "hidden")


@pytest.mark.parametrize(
    ("entity", "way", "expected"),
    [
        *((entity, way, NEW) for entity in (CLIENT, NOMENKLATURA) for way in (by_post, by_json, by_workbook)),
        (PROJECT, by_post, SAME_ID),
        *((PROJECT, way, SHOWN) for way in (by_json, by_workbook)),
        *((entity, by_1c(), HIDDEN) for entity in (CLIENT, NOMENKLATURA)),
        *((entity, by_1c(is_deleted=True), HIDDEN) for entity in (CLIENT, NOMENKLATURA)),
        *((entity, by_1c(is_deleted=False), SHOWN) for entity in (CLIENT, NOMENKLATURA)),
    ],
)
async def test_deleted_row_whose_code_comes_again(
    database: Database, project: int, entity: Entity, way: Way, expected: tuple[str, str | None, str]
) -> None:
    code = uuid7().hex
    values = {entity.code: code, "name": "old", "description": "kept", "is_deleted": True}
    async with database.transaction() as connection:
        before = orjson.loads(await engine.create_one(connection, entity, sent(entity, project, **values), ""))
        await way(connection, entity, code, project if entity.scope else None)
        row = compose(_ROW, table=entity.rendering.name, code=Ident(entity.code))
        (found,) = await (await execute(connection, row, {"code": code})).fetchall()
    row_id, name, description, is_deleted = found
    assert name == "new"
    assert (
        "same id" if row_id == before["id"] else "new id",
        description,
        "hidden" if is_deleted else "shown",
    ) == expected
