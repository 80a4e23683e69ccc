"""What 1C says of its part of the metadata is laid over it; what people wrote beside it stays."""

from typing import Any

import pytest
from ecatalog.db.database import Database

from .test_service import apply, events_since, last_seq, numbers, stored


async def metadata(database: Database, project: int) -> Any:
    return (await stored(database, project))["A"]["metadata"]


async def keep(database: Database, value: str) -> None:
    await database.execute("update nomenklatura set metadata = %(value)s::jsonb", {"value": value})


def row(**parts: Any) -> dict[str, Any]:
    return {"code_1c": "A", "name": "Чай", **parts}


async def test_new_row_has_the_part_alone(database: Database, project: int) -> None:
    rows = [row(metadata_1c={"gost": "77"}), {"code_1c": "B", "name": "Сут"}]
    assert numbers(await apply(database, project, rows)) == (2, 0, 0, 0)
    assert await metadata(database, project) == {"1c": {"gost": "77"}}
    assert (await stored(database, project))["B"]["metadata"] == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", {"1c": {"gost": "77"}}),
        ('{"ours": [1]}', {"ours": [1], "1c": {"gost": "77"}}),
        ('{"ours": 1, "1c": {"gost": "1", "ikpu": "019"}}', {"ours": 1, "1c": {"gost": "77", "ikpu": "019"}}),
        ('{"1c": "a text"}', {"1c": {"gost": "77"}}),
        ("[1, 2]", [1, 2]),
        ("null", None),
    ],
)
async def test_part_is_laid_over_what_is_there(database: Database, project: int, before: str, after: Any) -> None:
    await apply(database, project, [row()])
    await keep(database, before)
    applied = await apply(database, project, [row(metadata_1c={"gost": "77"})])
    assert numbers(applied)[:2] == (0, 1)
    assert await metadata(database, project) == after


async def test_nothing_there_becomes_the_part(database: Database, project: int) -> None:
    await apply(database, project, [row()])
    await database.execute("update nomenklatura set metadata = null")
    await apply(database, project, [row(metadata_1c={"gost": "77"})])
    assert await metadata(database, project) == {"1c": {"gost": "77"}}


async def test_same_part_again_writes_and_tells_nothing(database: Database, project: int) -> None:
    await apply(database, project, [row(metadata_1c={"gost": "77"})])
    await keep(database, '{"ours": 1, "1c": {"gost": "77"}}')
    seq = await last_seq(database)
    assert numbers(await apply(database, project, [row(metadata_1c={"gost": "77"})])) == (0, 1, 1, 0)
    assert await events_since(database, seq) == []


async def test_row_without_a_part_beside_one_with_it_is_left_alone(database: Database, project: int) -> None:
    await apply(database, project, [row(), {"code_1c": "B", "name": "Сут"}])
    await keep(database, '{"ours": 1}')
    rows = [row(metadata_1c={"gost": "77"}), {"code_1c": "B", "name": "Сут"}]
    assert numbers(await apply(database, project, rows)) == (0, 2, 1, 0)
    assert (await stored(database, project))["B"]["metadata"] == {"ours": 1}


async def test_whole_metadata_are_replaced_as_before(database: Database, project: int) -> None:
    await apply(database, project, [row(metadata={"a": 1})])
    await apply(database, project, [row(metadata={"b": 2})])
    assert await metadata(database, project) == {"b": 2}
