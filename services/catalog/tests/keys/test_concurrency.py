"""Chunks that come at the same time: of two integrations of one base, of two bases, and of rows without keys."""

import asyncio

from ecatalog.db.database import Database

from ..chunks.test_service import apply as apply_by_code
from .chunks import apply, codes, named, row

NUMBER = 100


async def test_two_integrations_of_one_base_make_each_row_once(database: Database, project: int) -> None:
    for turn in range(3):
        forth = [row(f"k{turn}-{n:03}", f"C{turn}-{n:03}", "forth") for n in range(NUMBER)]
        back = [row(f"k{turn}-{n:03}", f"C{turn}-{n:03}", "back") for n in reversed(range(NUMBER))]
        results = await asyncio.gather(apply(database, project, *forth), apply(database, project, *back))
        assert sorted((one.created, one.updated, len(one.failed)) for one in results) == [
            (0, NUMBER, 0), (NUMBER, 0, 0),
        ]  # fmt: skip
        assert len(await named(database, project)) == len(await codes(database, project)) == NUMBER * (turn + 1)


async def test_they_change_codes_and_rows_in_any_order(database: Database, project: int) -> None:
    await apply(database, project, *[row(f"k{n:03}", f"C-{n:03}", "x") for n in range(NUMBER)])
    for turn in range(3):
        forth = [row(f"k{n:03}", f"C-{(n + turn + 1) % NUMBER:03}", f"forth {turn}") for n in range(NUMBER)]
        back = [row(f"k{n:03}", None, f"back {turn}", deleted=turn % 2 == 0) for n in reversed(range(NUMBER))]
        alone = [row(f"k{n:03}", values={"brand": f"{turn}"}) for n in range(NUMBER)]
        results = await asyncio.gather(*(apply(database, project, *rows) for rows in (forth, back, alone, forth)))
        assert [(one.updated, len(one.failed)) for one in results] == [(NUMBER, 0)] * 4
    assert await codes(database, project) == {f"k{n:03}": f"C-{(n + 3) % NUMBER:03}" for n in range(NUMBER)}


async def test_two_bases_with_the_same_codes_do_not_make_a_row_twice(database: Database, project: int) -> None:
    ours = [row(f"k{n}", f"C-{n:03}", "ours") for n in range(NUMBER)]
    theirs = [row(f"k{n}", f"C-{n:03}", "theirs") for n in reversed(range(NUMBER))]
    results = await asyncio.gather(
        apply(database, project, *ours, base="ours"), apply(database, project, *theirs, base="theirs")
    )
    assert sorted((one.created, len(one.failed)) for one in results) == [(0, NUMBER), (NUMBER, 0)]
    assert len(set((await named(database, project)).values())) == 1


async def test_rows_with_and_without_keys_are_made_once(database: Database, project: int) -> None:
    for turn in range(3):
        with_keys = [row(f"k{turn}-{n}", f"C{turn}-{n:03}", "x") for n in range(NUMBER)]
        without = [{"code_1c": f"C{turn}-{n:03}", "name": "x"} for n in reversed(range(NUMBER))]
        applied, by_code, alone = await asyncio.gather(
            apply(database, project, *with_keys), apply_by_code(database, project, without),
            apply(database, project, *[row(None, one["code_1c"], "x") for one in without]),
        )  # fmt: skip
        assert not applied.failed
        assert not by_code.failed
        assert not alone.failed
        assert applied.created + by_code.created + alone.created == NUMBER
        assert len(await named(database, project)) == NUMBER * (turn + 1)
    assert len(await codes(database, project)) == 3 * NUMBER
