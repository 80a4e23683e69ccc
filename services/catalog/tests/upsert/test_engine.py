"""The rules of writing many rows, which are the same for those that 1C sends and those of clients."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.upsert import engine, matching
from catalog.upsert.failures import reason
from catalog.upsert.incoming import Incoming
from ecatalog.db.database import Database
from ecatalog.db.sql import Connection, execute
from ecatalog.entities.filters import Where
from ecatalog.testing.client import until
from psycopg import errors

Row = dict[str, Any]


class Numbers(NamedTuple):
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()


Write = Callable[[Connection, int, list[Row]], Awaitable[Numbers]]


async def by_code(connection: Connection, project: int, rows: list[Row]) -> Numbers:
    """As 1C writes them."""
    written = await engine.write_chunk(connection, NOMENKLATURA, [dict(row) for row in rows], project)
    settled = len(written.created) + len(written.changed) + len(written.failed)
    failed = tuple((rows[index]["code_1c"], error) for index, error in written.failed.items())
    return Numbers(len(written.created), len(written.changed), len(rows) - settled, failed)


async def by_id(connection: Connection, project: int, rows: list[Row]) -> Numbers:
    """As clients write them."""
    incoming = [
        Incoming(position, row["code_1c"], project, False, {name: row[name] for name in row if name != "code_1c"})
        for position, row in enumerate(rows)
    ]
    outcomes = await engine.write(connection, NOMENKLATURA, incoming, Where())
    statuses = [outcome.status for outcome in outcomes]
    failed = tuple((one.code, one.errors["non_field_errors"][0]) for one in outcomes if one.status == "error")
    return Numbers(statuses.count("created"), statuses.count("updated"), statuses.count("unchanged"), failed)


@pytest.fixture(params=[by_code, by_id])
def write(request: pytest.FixtureRequest) -> Write:
    way: Write = request.param
    return way


@pytest.fixture
async def stored(database: Database, project: int) -> list[Row]:
    """Three rows that are stored."""
    rows = [{"code_1c": code, "name": "old", "brand": "kept"} for code in "ABC"]
    async with database.transaction() as connection:
        await by_code(connection, project, rows)
    return rows


async def names(database: Database, project: int) -> dict[str, str]:
    sql = "select code_1c, name from nomenklatura where project_id = %(project)s order by code_1c"
    return dict(await database.fetch_rows(sql, {"project": project}))


async def last_event(database: Database) -> int:
    (seq,) = await database.fetch_row("select coalesce(max(seq), 0) from outbox") or (0,)
    return int(seq)


async def codes_of_events(database: Database, seq: int) -> list[list[str]]:
    """The codes of the rows in each event since then."""
    sql = (
        "select array(select r->>'code_1c' from json_array_elements(data->'rows') r) from outbox"
        " where seq > %(seq)s order by seq"
    )
    return [codes for (codes,) in await database.fetch_rows(sql, {"seq": seq})]


async def waits(database: Database) -> bool:
    sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return bool(await database.fetch_value(sql))


async def test_rows_are_written_by_halves_down_to_the_one_that_fails_and_published_at_once(
    database: Database, project: int, write: Write
) -> None:
    seq = await last_event(database)
    rows = [{"code_1c": f"{n:02}", "name": "x" * 256 if n in {3, 11} else "x"} for n in range(16)]
    async with database.transaction() as connection:
        written = await write(connection, project, rows)
    why = reason(errors.StringDataRightTruncation())
    assert written == Numbers(created=14, failed=(("03", why), ("11", why)))
    good = [row["code_1c"] for row in rows if row["code_1c"] not in {"03", "11"}]
    assert [sorted(codes) for codes in await codes_of_events(database, seq)] == [good]


@pytest.mark.parametrize("codes", ["ABC", "B"])
async def test_code_that_somebody_creates_meanwhile_is_found(
    database: Database, project: int, write: Write, codes: str
) -> None:
    async def work() -> Numbers:
        async with database.transaction() as connection:
            return await write(connection, project, [{"code_1c": code, "name": "ours"} for code in codes])

    async with database.transaction() as other:
        await by_code(other, project, [{"code_1c": "B", "name": "theirs"}])
        working = asyncio.create_task(work())
        await until(lambda: waits(database))
    assert await working == Numbers(created=len(codes) - 1, changed=1)
    assert await names(database, project) == dict.fromkeys(codes, "ours")


async def test_code_that_is_created_meanwhile_each_time_is_refused_in_the_end(
    database: Database, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched = []

    async def match(*args: Any, **options: Any) -> Any:
        matched.append(await matching.match(*args, **options))
        matched[-1].rows[0].row_id = None  # as it is before the other has committed
        return matched[-1]

    monkeypatch.setattr(engine, "match", match)
    async with database.transaction() as connection:
        await by_code(connection, project, [{"code_1c": "A", "name": "theirs"}])
        row = Incoming(7, "A", project, False, {"name": "ours"})
        (outcome,) = await engine.write(connection, NOMENKLATURA, [row], Where())
    assert len(matched) == engine.TRIES
    assert (outcome.position, outcome.status, outcome.errors) == (7, "error", {"code_1c": [NOMENKLATURA.conflict]})


async def test_changed_rows_are_locked_in_the_order_of_their_codes(
    database: Database, project: int, stored: list[Row], write: Write
) -> None:
    free = "select code_1c from nomenklatura where project_id = %(project)s order by 1 for update skip locked"

    async def work() -> Numbers:
        async with database.transaction() as connection:
            return await write(connection, project, [{**row, "name": "new"} for row in reversed(stored)])

    async with database.transaction() as other:
        hold = "select from nomenklatura where project_id = %(project)s and code_1c = 'B' for update"
        await execute(other, hold, {"project": project})
        working = asyncio.create_task(work())
        await until(lambda: waits(database))
        async with database.transaction() as third:
            assert await (await execute(third, free, {"project": project})).fetchall() == [("C",)]
    assert await working == Numbers(changed=3)


async def test_rows_that_stay_as_they_are_are_neither_locked_nor_written(
    database: Database, project: int, stored: list[Row], write: Write
) -> None:
    versions = (
        "select xmin::text, ctid::text from nomenklatura where project_id = %(project)s and code_1c <> 'B' order by id"
    )
    before = await database.fetch_rows(versions, {"project": project})
    seq = await last_event(database)
    async with database.transaction() as other:
        hold = "select from nomenklatura where project_id = %(project)s and code_1c <> 'B' for update"
        await execute(other, hold, {"project": project})
        async with asyncio.timeout(5), database.transaction() as connection:
            rows = [{**row, "name": "new"} if row["code_1c"] == "B" else row for row in stored]
            assert await write(connection, project, rows) == Numbers(changed=1, unchanged=2)
    assert await database.fetch_rows(versions, {"project": project}) == before
    assert await codes_of_events(database, seq) == [["B"]]


async def test_null_empties_a_column_and_one_that_is_not_sent_keeps_its_value(
    database: Database, project: int, stored: list[Row], write: Write
) -> None:
    rows = [
        {**stored[0], "brand": None},
        {"code_1c": "B", "title": "t"},
        {"code_1c": "D", "name": "d", "tags": None},
    ]
    async with database.transaction() as connection:
        assert await write(connection, project, rows) == Numbers(created=1, changed=2)
    sql = (
        "select code_1c, name, title, brand, tags, currency from nomenklatura"
        " where project_id = %(project)s and code_1c <> 'C' order by code_1c"
    )
    assert await database.fetch_rows(sql, {"project": project}) == [
        ("A", "old", None, None, [], "UZS"), ("B", "old", "t", "kept", [], "UZS"), ("D", "d", None, None, None, "UZS"),
    ]  # fmt: skip
