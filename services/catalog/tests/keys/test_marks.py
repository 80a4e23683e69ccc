"""A mark hides its row, its disappearance shows what it hid, and a person has the last word until the mark changes."""

import pytest
from catalog.keys.marks import Mark, change
from ecatalog.db.database import Database

from ..builders import Catalog
from ..chunks.test_service import apply as apply_by_code
from ..chunks.test_service import events_since, last_seq
from .chunks import apply, hidden, named, numbers, refs, row

UNMARKED, MARKED, HIDDEN = Mark(), Mark(True, False), Mark(True, True)


@pytest.mark.parametrize(
    ("mark", "came", "is_hidden", "expected"),
    [
        (UNMARKED, None, False, (UNMARKED, None)),
        (HIDDEN, None, True, (HIDDEN, None)),
        (UNMARKED, False, False, (UNMARKED, None)),
        (UNMARKED, False, True, (UNMARKED, None)),
        (UNMARKED, True, False, (HIDDEN, True)),
        (UNMARKED, True, True, (MARKED, None)),
        (HIDDEN, True, True, (HIDDEN, None)),
        (HIDDEN, True, False, (MARKED, None)),
        (HIDDEN, False, True, (UNMARKED, False)),
        (HIDDEN, False, False, (UNMARKED, None)),
        (MARKED, True, True, (MARKED, None)),
        (MARKED, False, True, (UNMARKED, None)),
    ],
)
def test_change_of_a_mark(mark: Mark, came: bool | None, is_hidden: bool, expected: tuple[Mark, bool | None]) -> None:
    assert change(mark, came, is_hidden=is_hidden) == expected


async def test_mark_hides_and_its_disappearance_shows_again(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=False), row("k2", "B", "x", deleted=False))
    seq = await last_seq(database)
    gone = await apply(database, project, row("k1", "A", deleted=True), row("k2", deleted=True))
    assert numbers(gone) == (0, 2, 0, 0)
    assert await hidden(database, project) == {"A": True, "B": True}
    assert numbers(await apply(database, project, row("k1", deleted=True))) == (0, 1, 1, 0)
    back = await apply(database, project, row("k1", "A", "new", deleted=False), row("k2", "B", "x"))
    assert numbers(back) == (0, 2, 1, 0)
    assert await hidden(database, project) == {"A": False, "B": True}
    assert await named(database, project) == {"A": "new", "B": "x"}
    told = [(one["code_1c"], one["is_deleted"]) for event in await events_since(database, seq) for one in event["rows"]]
    assert told == [("A", True), ("B", True), ("A", False)]
    assert await refs(database, project) == {("main", "k1"): (False, False), ("main", "k2"): (True, True)}


async def test_unknown_row_with_a_mark_is_stored_hidden_when_it_has_a_name(database: Database, project: int) -> None:
    assert numbers(await apply(database, project, row("k1", "A", "x", deleted=True))) == (1, 0, 0, 0)
    assert await hidden(database, project) == {"A": True}
    await apply(database, project, row("k1", "A", "x", deleted=False))
    assert await hidden(database, project) == {"A": False}


async def test_row_that_a_person_hid_stays_hidden_and_its_values_are_written(
    api: Catalog, database: Database, project: int
) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=False))
    assert (await api.delete("nomenklatura/A/")).status_code == 204
    for mark in (False, True, False):
        await apply(database, project, row("k1", "A", f"named {mark}", deleted=mark))
        assert await hidden(database, project) == {"A": True}
        assert await named(database, project) == {"A": f"named {mark}"}


async def test_row_that_a_person_makes_anew_is_not_hidden_by_the_mark_of_before(
    api: Catalog, database: Database, project: int
) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=True))
    await api.make_product("A", name="again", project_id=project)
    for name in ("first", "second"):
        applied = await apply(database, project, row("k1", "A", name, deleted=True))
        assert (numbers(applied), applied.linked) == ((0, 1, 0, 0), int(name == "first"))
        assert await hidden(database, project) == {"A": False}
    assert await refs(database, project) == {("main", "k1"): (True, False)}
    for mark in (False, True):
        await apply(database, project, row("k1", "A", deleted=mark))
        assert await hidden(database, project) == {"A": mark}


async def test_row_that_was_shown_and_hidden_again_by_others_stays_hidden(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=True))
    await apply_by_code(database, project, [{"code_1c": "A", "is_deleted": False}])
    await apply(database, project, row("k1", "A", deleted=True))
    assert await hidden(database, project) == {"A": False}
    await apply_by_code(database, project, [{"code_1c": "A", "is_deleted": True}])
    await apply(database, project, row("k1", "A", deleted=False))
    assert await hidden(database, project) == {"A": True}


async def test_row_that_is_switched_off_stays_off(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=False))
    await database.execute("update nomenklatura set is_active = false where project_id = %(id)s", {"id": project})
    for mark in (True, False):
        await apply(database, project, row("k1", "A", deleted=mark))
    found = await database.fetch_row(
        "select is_active, is_deleted from nomenklatura where project_id = %(id)s", {"id": project}
    )
    assert found == (False, False)


async def test_row_of_a_person_that_is_linked_with_a_mark_is_hidden_by_the_base(
    database: Database, project: int
) -> None:
    await apply_by_code(database, project, [{"code_1c": "A", "name": "x"}, {"code_1c": "B", "name": "x"}])
    await apply_by_code(database, project, [{"code_1c": "B", "is_deleted": True}])
    applied = await apply(database, project, row("k1", "A", deleted=True), row("k2", "B", deleted=True))
    assert (numbers(applied), applied.linked, applied.skipped) == ((0, 2, 1, 0), 2, [])
    assert await hidden(database, project) == {"A": True, "B": True}
    await apply(database, project, row("k1", "A", deleted=False), row("k2", "B", deleted=False))
    assert await hidden(database, project) == {"A": False, "B": True}


async def test_mark_of_the_key_that_is_gone_is_remembered_by_the_one_that_follows(
    database: Database, project: int
) -> None:
    await apply(database, project, row("old", "A", "x", deleted=True))
    await apply(database, project, row("new", "A", "x", deleted=True, was="old"))
    assert await refs(database, project) == {("main", "new"): (True, True)}
    await apply(database, project, row("new", "A", "x", deleted=False))
    assert await hidden(database, project) == {"A": False}


async def test_source_that_does_not_speak_of_marks_changes_none(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=True))
    await apply(database, project, row("k1", "A", "new"))
    assert await refs(database, project) == {("main", "k1"): (True, True)}
    await apply(database, project, row("k1", "A", values={"is_deleted": False}))
    assert await hidden(database, project) == {"A": False}


async def test_mark_counts_and_not_the_column_beside_it(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", deleted=False, values={"is_deleted": True}))
    assert await hidden(database, project) == {"A": False}
