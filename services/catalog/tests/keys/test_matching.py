"""Which stored row a row with a key means, and what is written of it."""

from typing import Any

import pytest
from catalog.keys.failures import KEY_TWICE, NO_NAME
from catalog.keys.rows import MAX_KEY
from catalog.upsert.failures import NO_PROJECT
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.fields.types import MAX_LENGTH

from ..chunks.test_service import apply as apply_by_code
from ..chunks.test_service import events_since, last_seq, stored
from .chunks import Row, apply, codes, errors, named, numbers, refs, row


async def another_project(database: Database) -> int:
    sql = "insert into project (code_1c, name) values (%(code)s, 'other') returning id"
    [made] = await database.execute_row(sql, {"code": uuid7().hex}) or ()
    return int(made)


async def test_unknown_row_is_created_and_known_by_its_key_afterwards(database: Database, project: int) -> None:
    seq = await last_seq(database)
    assert numbers(await apply(database, project, row("k1", "A", "x"), row("k2", "B", "y"))) == (2, 0, 0, 0)
    assert await codes(database, project) == {"k1": "A", "k2": "B"}
    (event,) = await events_since(database, seq)
    assert [one["code_1c"] for one in event["rows"]] == ["A", "B"]
    again = await apply(database, project, row("k1", "A", "new"), row("k2", "B", "y"))
    assert (numbers(again), again.linked, again.renamed) == ((0, 2, 1, 0), 0, 0)
    assert await named(database, project) == {"A": "new", "B": "y"}


async def test_clients_have_keys_of_their_own(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "product"))
    applied = await apply(database, project, row("k1", "C", "client"), stream="clients")
    assert numbers(applied) == (1, 0, 0, 0)
    assert numbers(await apply(database, project, row("k1", "C", "new"), stream="clients")) == (0, 1, 0, 0)
    assert [*await stored(database, project, "client")] == ["C"]


async def test_row_of_a_person_is_linked_by_its_code_and_never_doubled(database: Database, project: int) -> None:
    await apply_by_code(database, project, [{"code_1c": "A", "name": "x", "brand": "kept"}])
    applied = await apply(database, project, row("k1", "A", "of 1C"))
    assert (numbers(applied), applied.linked, applied.relinked) == ((0, 1, 0, 0), 1, 0)
    found = (await stored(database, project))["A"]
    assert (found["name"], found["brand"]) == ("of 1C", "kept")
    assert await codes(database, project) == {"k1": "A"}
    again = await apply(database, project, row("k1", "A", "of 1C"))
    assert (numbers(again), again.linked) == ((0, 1, 1, 0), 0)


async def test_rows_with_and_without_keys_meet_in_either_order(database: Database, project: int) -> None:
    """One base by SOAP, which names no keys, and by an exchange, which does."""
    await apply_by_code(database, project, [{"code_1c": "A", "name": "soap"}, {"code_1c": "B", "name": "soap"}])
    applied = await apply(database, project, row("k2", "B", "exchange"), row("k3", "C", "exchange"))
    assert (numbers(applied), applied.linked) == ((1, 1, 0, 0), 1)
    by_code = await apply_by_code(database, project, [{"code_1c": code, "name": "again"} for code in "ABC"])
    assert (by_code.created, by_code.updated) == (0, 3)
    assert await named(database, project) == dict.fromkeys("ABC", "again")


async def test_linked_row_that_is_equal_is_not_written_and_not_told(database: Database, project: int) -> None:
    await apply_by_code(database, project, [{"code_1c": "A", "name": "x"}])
    seq = await last_seq(database)
    applied = await apply(database, project, row("k1", "A", "x"))
    assert (numbers(applied), applied.linked) == ((0, 1, 1, 0), 1)
    assert await events_since(database, seq) == []


async def test_row_with_another_key_of_this_base_is_an_error_that_names_both(database: Database, project: int) -> None:
    await apply(database, project, row("theirs", "A", "Tea"))
    applied = await apply(database, project, row("ours", "A", "Coffee"))
    assert errors(applied) == {
        "ours": "The code A is in use by Tea, which has the key theirs, and not ours.",
    }
    assert applied.failed[0].code == "A"
    assert await named(database, project) == {"A": "Tea"}
    assert await codes(database, project) == {"theirs": "A"}


async def test_row_is_linked_anew_from_a_key_that_is_gone(database: Database, project: int) -> None:
    """A restored base has other keys for the same codes."""
    await apply(database, project, row("old1", "A", "x"), row("old2", "B", "y"), row("old3", "C", "z"))
    applied = await apply(
        database, project,
        row("new1", "A", "x", was="old1"), row("new2", "B", "changed", was="old2"), row("new3", "C", "z", was="else"),
    )  # fmt: skip
    assert (numbers(applied), applied.relinked, applied.linked) == ((0, 2, 1, 1), 2, 0)
    assert errors(applied) == {"new3": "The code C is in use by z, which has the key old3, and not new3."}
    assert await codes(database, project) == {"new1": "A", "new2": "B", "old3": "C"}


async def test_row_of_another_base_is_an_error_that_names_both(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "Tea"), base="warehouse")
    applied = await apply(database, project, row("k1", "A", "Coffee"), base="main")
    assert errors(applied) == {
        "k1": "The code A is in use by Tea, which belongs to the base warehouse, and not to main.",
    }
    assert await named(database, project) == {"A": "Tea"}


async def test_one_base_in_two_projects_has_two_sets_of_rows(database: Database, project: int) -> None:
    other = await another_project(database)
    await apply(database, project, row("k1", "A", "x"), row("k2", "B", "x"))
    assert numbers(await apply(database, other, row("k1", "A", "y"), row("k2", "B", "y"))) == (2, 0, 0, 0)
    await apply(database, other, row("k1", "B", "y"), row("k2", "A", "z", deleted=True))
    assert await named(database, project) == {"A": "x", "B": "x"}
    assert await codes(database, project) == {"k1": "A", "k2": "B"}
    assert await named(database, other) == {"A": "z", "B": "y"}


async def test_row_that_moved_to_another_project_is_left_there(database: Database, project: int) -> None:
    other = await another_project(database)
    await apply(database, project, row("k1", "A", "x"))
    await database.execute("update nomenklatura set project_id = %(other)s where project_id = %(project)s",
                           {"other": other, "project": project})  # fmt: skip
    assert numbers(await apply(database, project, row("k1", "A", "y"))) == (1, 0, 0, 0)
    assert (await named(database, other), await named(database, project)) == ({"A": "x"}, {"A": "y"})
    assert await codes(database, project) == {"k1": "A"}


async def test_new_row_needs_a_name(database: Database, project: int) -> None:
    applied = await apply(
        database, project, row("k1", "A"), row("k2", "B", values={"name": None}), row("k3", "C", fills={"name": "of C"})
    )
    assert numbers(applied) == (1, 0, 0, 2)
    assert errors(applied) == {"k1": NO_NAME, "k2": NO_NAME}
    assert await named(database, project) == {"C": "of C"}


async def test_fills_are_taken_by_new_rows_only_and_replace_nothing(database: Database, project: int) -> None:
    fills = {"brand": "default", "currency": "USD", "category": "filled"}
    one = row("k1", "A", "x", values={"brand": "said"}, fills=fills)
    await apply(database, project, one)
    found = (await stored(database, project))["A"]
    assert (found["brand"], found["currency"], found["category"]) == ("said", "USD", "filled")
    await database.execute("update nomenklatura set category = 'ours' where project_id = %(id)s", {"id": project})
    assert numbers(await apply(database, project, one)) == (0, 1, 1, 0)
    assert (await stored(database, project))["A"]["category"] == "ours"
    await apply_by_code(database, project, [{"code_1c": "B", "name": "x"}])
    await apply(database, project, row("k2", "B", "x", fills=fills))
    assert (await stored(database, project))["B"]["category"] is None


async def test_null_empties_a_column_and_absence_does_not(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", values={"brand": "b", "category": "c"}))
    assert numbers(await apply(database, project, row("k1", "A", values={"brand": None}))) == (0, 1, 0, 0)
    found = (await stored(database, project))["A"]
    assert (found["name"], found["brand"], found["category"]) == ("x", None, "c")


async def test_columns_alone_are_written_where_the_key_is_known_and_parked_elsewhere(
    database: Database, project: int
) -> None:
    await apply(database, project, row("k1", "A", "x"))
    applied = await apply(
        database, project, row("k1", values={"base_price": "5.00"}), row("k2", values={"base_price": "6.00"}),
        row("k3", None, "with a name"),
    )  # fmt: skip
    assert (numbers(applied), applied.parked, applied.skipped) == ((0, 1, 0, 0), ["k2", "k3"], [])
    assert {code: one["base_price"] for code, one in (await stored(database, project)).items()} == {"A": 5.0}
    assert await refs(database, project) == {("main", "k1"): (False, False)}


async def test_deleted_row_that_nobody_knows_is_skipped_without_a_name(database: Database, project: int) -> None:
    applied = await apply(
        database, project, row("k1", "k1", stand_in=True, deleted=True), row("k2", "B", deleted=True),
        row("k3", deleted=True),
    )  # fmt: skip
    assert (numbers(applied), applied.skipped, applied.parked) == ((0, 0, 0, 0), ["k1", "k2", "k3"], [])
    assert await named(database, project) == {}
    assert await refs(database, project) == {}


async def test_row_without_a_key_is_matched_by_its_code_alone(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"), base="elsewhere")
    applied = await apply(database, project, row(None, "A", "y"), row(None, "B", "y"), row(None, "C"))
    assert (numbers(applied), applied.linked) == ((1, 1, 0, 1), 0)
    assert [(failure.key, failure.code, failure.error) for failure in applied.failed] == [(None, "C", NO_NAME)]
    assert await named(database, project) == {"A": "y", "B": "y"}
    assert await refs(database, project) == {("elsewhere", "k1"): (False, False)}
    for mark in (True, False):
        await apply(database, project, row(None, "B", values={"is_deleted": mark}))
        assert (await stored(database, project))["B"]["is_deleted"] is mark
    applied = await apply(database, project, row(None, "B", deleted=True), row(None, values={"brand": "b"}))
    assert errors(applied) == {None: "code_1c may not be empty."}
    assert (await stored(database, project))["B"]["is_deleted"] is True


async def test_two_keys_with_one_code_are_errors_that_name_each_other(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"))
    applied = await apply(
        database, project, row("k1", "B", "y"), row("k2", "B", "z"), row("k3", "C", "c"), row(None, "C", "c"),
        row("k4", "D", "d"),
    )  # fmt: skip
    assert [(failure.key, failure.error) for failure in applied.failed] == [
        ("k1", "The code B came twice; the other row has the key k2."),
        ("k2", "The code B came twice; the other row has the key k1."),
        ("k3", "The code C came twice; the other row has no key."),
        (None, "The code C came twice; the other row has the key k3."),
    ]
    assert await named(database, project) == {"A": "x", "D": "d"}


async def test_key_that_comes_twice_counts_once(database: Database, project: int) -> None:
    applied = await apply(database, project, row("k1", "A", "x"), row("k1", "B", "y"))
    assert (numbers(applied), errors(applied)) == ((1, 0, 0, 1), {"k1": KEY_TWICE})
    assert await named(database, project) == {"A": "x"}


async def test_row_that_comes_by_key_and_by_code_counts_once(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"))
    applied = await apply(database, project, row(None, "A", "y"), row("k1", values={"brand": "b"}))
    assert (numbers(applied), errors(applied)) == (
        (0, 1, 0, 1), {None: "The row with the code A came twice; the other one has the key k1."},
    )  # fmt: skip
    assert (await stored(database, project))["A"]["brand"] == "b"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("bad", "X", "n" * 256), "A text is longer than its column allows."),
        (row("bad", "X" * 256, "x"), "A text is longer than its column allows."),
        (row("bad", "X", "x", values={"base_price": "abc"}), "A value is not of its column's type."),
        (row("bad", "X", "a\0b"), "A text holds a character that cannot be stored."),
        (row("bad", "X\0", "x"), "A text holds a character that cannot be stored."),
        (row("bad", "X", "x", values={"description": "d" * (MAX_LENGTH + 1)}), "description: "),
        (row("bad", "X", "x", fills={"description": "d" * (MAX_LENGTH + 1)}), "description: "),
        (row("k" * (MAX_KEY + 1), "X", "x"), f"A key is longer than {MAX_KEY} characters."),
        (row("known", values={"name": None}), "name may not be empty."),
    ],
)
async def test_row_that_cannot_be_stored_fails_alone(database: Database, project: int, bad: Row, reason: str) -> None:
    await apply(database, project, row("known", "K", "known"))
    good = [row(f"k{n}", f"C-{n}", "x") for n in range(20)]
    applied = await apply(database, project, *good[:7], bad, *good[7:])
    assert numbers(applied) == (20, 0, 0, 1)
    (failure,) = applied.failed
    assert (failure.key, failure.code) == (bad["key"], bad.get("code"))
    assert failure.error.startswith(reason)
    assert await codes(database, project) == {"known": "K"} | {one["key"]: one["code"] for one in good}


async def test_key_that_cannot_be_stored_fails_alone(database: Database, project: int) -> None:
    applied = await apply(database, project, row("a\0", "A", "x"), row("k", "B", "x", was="b\0"), row("k2", "C", "x"))
    assert numbers(applied) == (1, 0, 0, 2)


async def test_columns_of_the_catalog_itself_cannot_be_written(database: Database, project: int) -> None:
    own: dict[str, Any] = {"id": 1, "enrichment_status": "FAILED", "project_id": 7, "code_1c": "Z", "odd": 1}
    for _ in range(2):
        await apply(database, project, row("k1", "A", "x", values=own, fills=own))
    found = (await stored(database, project))["A"]
    assert (found["enrichment_status"], found["project_id"]) == ("PENDING", project)


async def test_what_1c_says_of_its_part_of_the_metadata_is_laid_over_it(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x", values={"metadata_1c": {"a": "1"}}))
    await database.execute(
        "update nomenklatura set metadata = metadata || '{\"own\": 1}' where project_id = %(id)s", {"id": project}
    )
    await apply(database, project, row("k1", "A", values={"metadata_1c": {"b": "2"}}))
    assert (await stored(database, project))["A"]["metadata"] == {"own": 1, "1c": {"a": "1", "b": "2"}}


async def test_every_row_fails_without_its_project(database: Database) -> None:
    applied = await apply(database, 2**40, row("k1", "A", "x"), row("k2"))
    assert errors(applied) == {"k1": NO_PROJECT, "k2": NO_PROJECT}
    assert applied.undeliverable is False
