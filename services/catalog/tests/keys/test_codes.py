"""Codes follow 1C: they are changed, swapped and passed on, and nobody gets the code of another."""

import asyncio
from itertools import permutations

import psycopg
import pytest
from catalog.keys.codes import CodeChange, impossible
from catalog.keys.lookups import Holder
from catalog.keys.marks import Mark
from catalog.settings import CatalogSettings
from ecatalog.db.database import Database
from ecatalog.testing.client import until

from ..chunks.test_service import apply as apply_by_code
from ..chunks.test_service import events_since, last_seq
from .chunks import apply, codes, errors, named, numbers, row


@pytest.fixture
async def five(database: Database, project: int) -> None:
    """The rows k1 to k5 have the codes A to E."""
    await apply(database, project, *[row(f"k{n}", code, f"name {n}") for n, code in enumerate("ABCDE", 1)])


@pytest.mark.usefixtures("five")
async def test_code_changes_and_is_told_once_with_the_rest(database: Database, project: int) -> None:
    seq = await last_seq(database)
    applied = await apply(database, project, row("k1", "X", "new"), row("k2", "Y"), row("k3", "C", "name 3"))
    assert (numbers(applied), applied.renamed, applied.linked) == ((0, 3, 1, 0), 2, 0)
    assert await codes(database, project) == {"k1": "X", "k2": "Y", "k3": "C", "k4": "D", "k5": "E"}
    told = [(one["code_1c"], one["name"]) for event in await events_since(database, seq) for one in event["rows"]]
    assert told == [("X", "new"), ("Y", "name 2")]


@pytest.mark.usefixtures("five")
async def test_search_finds_the_new_code_and_not_the_old_one(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "swapped-2"), row("k2", "A"))
    sql = (
        "select t.code_1c, s.key from nomenklatura_search s join nomenklatura t using (id) where t.project_id = %(id)s"
        " and t.code_1c in ('swapped-2', 'A')"
    )
    keys = dict(await database.fetch_rows(sql, {"id": project}))
    assert keys.keys() == {"swapped-2", "A"}
    assert " swapped 2 " in keys["swapped-2"]
    assert "\r a \r" in keys["A"]


@pytest.mark.parametrize("after", [*permutations("ABCD")])
async def test_codes_are_swapped_and_passed_on_in_any_way(
    database: Database, project: int, after: tuple[str, ...]
) -> None:
    await apply(database, project, *[row(f"k{n}", code, f"name {n}") for n, code in enumerate("ABCD")])
    applied = await apply(database, project, *[row(f"k{n}", code) for n, code in enumerate(after)])
    assert applied.renamed == sum(code != "ABCD"[n] for n, code in enumerate(after))
    assert numbers(applied) == (0, 4, 4 - applied.renamed, 0)
    assert await codes(database, project) == {f"k{n}": code for n, code in enumerate(after)}
    assert await named(database, project) == {code: f"name {n}" for n, code in enumerate(after)}


@pytest.mark.usefixtures("five")
async def test_chain_of_five_passes_its_codes_on_and_a_new_row_gets_the_first(database: Database, project: int) -> None:
    rows = [row(f"k{n}", code) for n, code in enumerate("BCDEF", 1)]
    applied = await apply(database, project, *rows[::-1], row("k6", "A", "new"))
    assert (numbers(applied), applied.renamed) == ((1, 5, 0, 0), 5)
    assert await named(database, project) == {"A": "new"} | {code: f"name {n}" for n, code in enumerate("BCDEF", 1)}


@pytest.mark.usefixtures("five")
async def test_chain_into_a_code_that_is_in_use_fails_with_both_names_and_writes_nothing(
    database: Database, project: int
) -> None:
    seq = await last_seq(database)
    applied = await apply(
        database, project, row("k1", "B", "new"), row("k2", "C", "new"), row("k3", "D", "new"), row("k5", "F", "new"),
        row("k6", "A", "new"),
    )  # fmt: skip
    assert errors(applied) == {
        "k1": "The code B is in use by name 2, which has the key k2; the row keeps the code A.",
        "k2": "The code C is in use by name 3, which has the key k3; the row keeps the code B.",
        "k3": "The code D is in use by name 4, which has the key k4; the row keeps the code C.",
        "k6": "The code A is in use by name 1, which has the key k1, and not k6.",
    }
    assert (numbers(applied), applied.renamed) == ((0, 1, 0, 4), 1)
    expected = {code: f"name {n}" for n, code in enumerate("ABCD", 1)} | {"F": "new"}
    assert await named(database, project) == expected
    assert [one["code_1c"] for event in await events_since(database, seq) for one in event["rows"]] == ["F"]


@pytest.mark.usefixtures("five")
async def test_code_of_a_row_without_a_key_is_in_use_too(database: Database, project: int) -> None:
    await apply_by_code(database, project, [{"code_1c": "P", "name": "of a person " + "n" * 60}])
    applied = await apply(database, project, row("k1", "P"))
    (error,) = errors(applied).values()
    assert error.startswith("The code P is in use by of a person nnn")
    assert error.endswith("n…, which has no key; the row keeps the code A.")


@pytest.mark.usefixtures("five")
async def test_row_whose_values_are_refused_keeps_its_code_as_do_those_that_wait_for_it(
    database: Database, project: int
) -> None:
    applied = await apply(
        database, project, row("k1", "B", "first"), row("k2", "X", "n" * 300), row("k3", "Z", "third"),
        row("k4", "D", "fourth"),
    )  # fmt: skip
    assert errors(applied) == {
        "k1": "The code B is in use by name 2, which has the key k2; the row keeps the code A.",
        "k2": "A text is longer than its column allows.",
    }
    assert (numbers(applied), applied.renamed) == ((0, 2, 0, 2), 1)
    assert await named(database, project) == {
        "A": "name 1", "B": "name 2", "Z": "third", "D": "fourth", "E": "name 5",
    }  # fmt: skip


async def test_code_that_came_from_the_key_is_kept_until_it_is_to_be_replaced(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "k1", "x", stand_in=True), row("k2", "k2", "x", stand_in=True))
    applied = await apply(database, project, row("k1", "A", "new"), row("k2", "k2", "x", stand_in=True))
    assert (numbers(applied), applied.kept, applied.renamed) == ((0, 2, 1, 0), 1, 0)
    assert await named(database, project) == {"k1": "new", "k2": "x"}
    applied = await apply(database, project, row("k1", "A", "new"), replace=True)
    assert (numbers(applied), applied.kept, applied.renamed) == ((0, 1, 0, 0), 0, 1)
    assert await codes(database, project) == {"k1": "A", "k2": "k2"}


async def test_stand_in_never_replaces_a_code(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"))
    for replace in (False, True):
        applied = await apply(database, project, row("k1", "k1", "x", stand_in=True), replace=replace)
        assert (numbers(applied), applied.renamed, applied.kept) == ((0, 1, 1, 0), 0, 0)
    assert await codes(database, project) == {"k1": "A"}


async def test_code_of_a_client_has_its_own_length(database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"), row("k2", "B", "x"), stream="clients")
    applied = await apply(database, project, row("k1", "c" * 101), row("k2", "D"), stream="clients")
    assert (numbers(applied), errors(applied)) == ((0, 1, 0, 1), {"k1": "A text is longer than its column allows."})


@pytest.mark.usefixtures("five")
async def test_code_that_somebody_creates_meanwhile_is_found_by_the_next_try(
    database: Database, project: int, settings: CatalogSettings
) -> None:
    with psycopg.connect(settings.dsn) as person:
        person.execute("insert into nomenklatura (project_id, code_1c, name) values (%s, 'X', 'theirs')", [project])
        person.execute("insert into nomenklatura (project_id, code_1c, name) values (%s, 'Y', 'theirs')", [project])
        changing = asyncio.create_task(apply(database, project, row("k1", "X"), row("k2", "W")))
        creating = asyncio.create_task(apply(database, project, row("k6", "Y", "ours"), row("k7", "V", "ours")))
        with psycopg.connect(settings.dsn, autocommit=True) as other:
            waiting = (
                "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
                " having count(*) = 2"
            )
            await until(lambda: other.execute(waiting).fetchall())
        person.commit()
    changed, created = await changing, await creating
    assert errors(changed) == {"k1": "The code X is in use by theirs, which has no key; the row keeps the code A."}
    assert (numbers(created), created.linked) == ((1, 1, 0, 0), 1)
    assert await codes(database, project) == {
        "k1": "A", "k2": "W", "k3": "C", "k4": "D", "k5": "E", "k6": "Y", "k7": "V",
    }  # fmt: skip


def test_long_chain_that_fails_is_looked_through_once() -> None:
    """In time that grows with its length only."""
    changes = [CodeChange(n, n, f"{n}", f"{n + 1}") for n in range(20_000)]
    holders = {f"{n}": Holder(n, "x", False, f"k{n}", Mark(), []) for n in range(20_001)}
    assert len(impossible(changes, holders)) == 20_000
    del holders["20000"]
    assert impossible(changes, holders) == {}
