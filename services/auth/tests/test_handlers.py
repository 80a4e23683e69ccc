"""The projection of projects follows catalog's events, in whatever order and however often they come."""

from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from auth.handlers import HANDLERS
from auth.projects import service as projects
from auth.settings import AuthSettings
from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectChanged, ProjectRow
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from sqlalchemy import text

TIME = "2026-11-23T12:00:00.000000+05:00"


@pytest.fixture
async def database(bare: AuthSettings) -> AsyncIterator[Database]:
    database = Database(bare.dsn)
    yield database
    await database.close()


def row(name: str, project_id: int = 7, **fields: Any) -> ProjectRow:
    known = {"code_1c": "PROJ-7", "is_active": True, "is_deleted": False, "created_at": TIME, "updated_at": TIME}
    return ProjectRow(id=project_id, name=name, **known | fields)


async def tell(database: Database, sequence: int, *rows: ProjectRow) -> None:
    data = ProjectChanged(rows=list(rows))
    event = Event(uuid4(), PROJECT_CHANGED.name, "7", sequence, data)
    async with database.session() as session:
        await HANDLERS[PROJECT_CHANGED](session, event)


async def stored(database: Database) -> list[tuple[Any, ...]]:
    async with database.session() as session:
        found = await session.execute(text("select id, name, is_deleted, sequence from project order by id"))
        return [tuple(one) for one in found]


async def test_many_rows_of_one_event_are_kept(database: Database) -> None:
    await tell(database, 1, row("Seven"), row("Eight", 8, code_1c="PROJ-8"))
    assert await stored(database) == [(7, "Seven", False, 1), (8, "Eight", False, 1)]


async def test_event_without_rows_changes_nothing(database: Database) -> None:
    await tell(database, 1)
    assert await stored(database) == []


async def test_any_order_with_repeats_ends_in_the_newest(database: Database) -> None:
    events = [(1, row("Old")), (2, row("New")), (3, row("Gone", is_deleted=True))]
    for order in permutations([*events, events[1]]):
        for sequence, told in order:
            await tell(database, sequence, told)
        assert await stored(database) == [(7, "Gone", True, 3)]
        async with database.session() as session:
            await session.execute(text("delete from project"))


async def test_project_is_found_by_id_before_a_code_that_looks_like_one(database: Database) -> None:
    await tell(
        database, 1, row("By id", 7, code_1c="A"), row("By code", 9, code_1c="7"), row("Dotless", 10, code_1c="²")
    )
    async with database.session() as session:
        for key, name in (("7", "By id"), ("A", "By id"), ("²", "Dotless")):
            found = await projects.find(session, key)
            assert found is not None
            assert found.name == name
        assert await projects.find(session, "a") is None
