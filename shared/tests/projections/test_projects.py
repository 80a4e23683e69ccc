"""The projection of projects follows catalog's events, in whatever order and however often they come."""

from collections.abc import Sequence
from importlib import import_module
from itertools import permutations
from typing import Any, Literal

import pytest
from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectChanged, ProjectRow
from ecatalog.core.errors import FieldErrors, Unavailable
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event
from ecatalog.http.internal_client import InternalClient
from ecatalog.projections.projects import Catalog, apply, project_changed, resolve
from ecatalog.testing.catalog import CatalogRoutes

LARGEST = 2**63 - 1
TIME = "2026-11-23T12:00:00.000000+05:00"


def row(project_id: int, code: str, name: str = "Project", *, is_deleted: bool = False) -> ProjectRow:
    return ProjectRow(
        id=project_id, code_1c=code, name=name, is_active=True, is_deleted=is_deleted, created_at=TIME, updated_at=TIME
    )


async def follow(database: Database, sequence: int, *rows: ProjectRow) -> None:
    event = Event(uuid7(), PROJECT_CHANGED.name, "7", sequence, ProjectChanged(rows=list(rows)))
    async with database.transaction() as connection:
        await project_changed(connection, event)


async def store(database: Database, *rows: ProjectRow) -> None:
    async with database.transaction() as connection:
        await apply(connection, rows, 1)


async def stored(database: Database) -> list[tuple[Any, ...]]:
    return await database.fetch_rows("select id, code_1c, name, is_deleted, sequence from project order by id")


async def resolved(
    database: Database,
    reference: int | str,
    first: Literal["code", "id"] = "code",
    catalog: Catalog | None = None,
) -> int:
    async with database.transaction() as connection:
        return await resolve(connection, reference, first=first, catalog=catalog)


@pytest.mark.parametrize(("module", "handlers"), [("auth.handlers", "HANDLERS"), ("integration.handlers", "CATALOG")])
def test_services_follow_the_projects_of_catalog(module: str, handlers: str) -> None:
    assert getattr(import_module(module), handlers)[PROJECT_CHANGED] is project_changed


def refusal(reference: int | str) -> dict[str, list[str]]:
    return {"project": [f'Invalid pk "{reference}" - object does not exist.']}


async def test_all_rows_of_one_event_are_kept(database: Database) -> None:
    await follow(database, 1, row(8, "P-8", "Eight"), row(7, "P-7", "Seven"))
    assert await stored(database) == [(7, "P-7", "Seven", False, 1), (8, "P-8", "Eight", False, 1)]


async def test_event_without_rows_changes_nothing(database: Database) -> None:
    await follow(database, 1)
    assert await stored(database) == []


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
async def test_events_in_any_order_with_repeats_end_with_the_newest(database: Database, order: Sequence[int]) -> None:
    rows = {1: row(7, "OLD", "Old"), 2: row(7, "NEW", "New"), 3: row(7, "END", "End", is_deleted=True)}
    for sequence in (*order, *order):
        await follow(database, sequence, rows[sequence])
    assert await stored(database) == [(7, "END", "End", True, 3)]


@pytest.mark.parametrize(
    ("reference", "by_code", "by_id"),
    [
        (7, 7, 7),
        ("7", 9, 7),
        ("007", 7, 7),
        ("0" * 5000 + "7", 7, 7),
        ("P-7", 7, 7),
        ("9", 9, 9),
        ("²", 10, 10),
        (str(LARGEST), LARGEST, LARGEST),
    ],
)
async def test_number_is_an_id_and_a_text_is_first_what_is_declared(
    database: Database, reference: int | str, by_code: int, by_id: int
) -> None:
    await store(database, row(7, "P-7"), row(9, "7"), row(10, "²"), row(LARGEST, "P-L"))
    assert (await resolved(database, reference), await resolved(database, reference, "id")) == (by_code, by_id)


async def test_deleted_project_is_neither_an_id_nor_a_code(database: Database) -> None:
    await store(database, row(5, "7", is_deleted=True), row(7, "P-7"), row(8, "P-8", is_deleted=True), row(9, "8"))
    assert (await resolved(database, "7"), await resolved(database, "8", "id")) == (7, 9)
    for reference in (5, 8, "P-8"):
        with pytest.raises(FieldErrors):
            await resolved(database, reference)


@pytest.mark.parametrize("first", ["code", "id"])
async def test_what_is_declared_first_goes_before_the_smaller_id(
    database: Database, first: Literal["code", "id"]
) -> None:
    await store(database, row(7, "P-7"), row(5, "7"), row(6, "7"))
    assert await resolved(database, "7", first) == {"code": 5, "id": 7}[first]


@pytest.mark.parametrize("reference", ["NOPE", "p-7", 77, "77", "0", "", 2**80, str(2**63), "9" * 5000, -1, "-7", "+7"])
@pytest.mark.parametrize("first", ["code", "id"])
@pytest.mark.parametrize("asks", [True, False])
async def test_unknown_project_is_refused(
    database: Database, catalog: Catalog, reference: int | str, first: Literal["code", "id"], asks: bool
) -> None:
    await store(database, row(7, "P-7"))
    with pytest.raises(FieldErrors) as refused:
        await resolved(database, reference, first, catalog if asks else None)
    assert refused.value.body == refusal(reference)
    assert len(await stored(database)) == 1


@pytest.mark.parametrize("reference", [5, "5", "NEW"])
async def test_project_created_a_moment_ago_is_asked_for_once(
    database: Database, routes: CatalogRoutes, catalog: Catalog, reference: int | str
) -> None:
    routes.projects = [row(5, "NEW")]
    for _ in range(2):
        assert await resolved(database, reference, catalog=catalog) == 5
    assert routes.asked == [str(reference)]
    assert await stored(database) == [(5, "NEW", "Project", False, 0)]
    await follow(database, 1, row(5, "NEW", "from the event"))
    assert await stored(database) == [(5, "NEW", "from the event", False, 1)]


async def test_answer_of_catalog_overwrites_no_event(
    database: Database, routes: CatalogRoutes, catalog: Catalog
) -> None:
    await follow(database, 3, row(5, "OLD", is_deleted=True))
    routes.projects = [row(5, "OLD")]
    with pytest.raises(FieldErrors):
        await resolved(database, "OLD", catalog=catalog)
    assert await stored(database) == [(5, "OLD", "Project", True, 3)]


async def test_known_project_needs_no_catalog_and_an_unknown_one_says_that_it_is_away(
    database: Database, client: InternalClient
) -> None:
    await store(database, row(7, "P-7"))
    away = Catalog(client, "http://127.0.0.1:9")
    assert await resolved(database, "P-7", catalog=away) == 7
    with pytest.raises(Unavailable):
        await resolved(database, "P-8", catalog=away)
