"""What rows with keys cost: nothing when they are equal, and the same number of statements however many they are."""

from typing import Any

import pytest
from catalog.chunks import keyed
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from psycopg import AsyncRawCursor

from .chunks import Row, apply, command, numbers, row

ROWS = 1000

# As PostgreSQL counts them for this connection: rows inserted, changed and deleted, by table.
WRITES = "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_user_tables"
ADVISORY = "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
# Where each row lies, who wrote it and who locked it.
VERSIONS = "select array_agg((ctid, xmin, xmax)::text order by id) from nomenklatura where project_id = %(project)s"


def products(number: int, **values: Any) -> list[Row]:
    said = {"weight": "1.250", "metadata_1c": {"a": [1]}, "brand": None} | values
    return [
        row(f"k{n}", f"C-{n}", "x", deleted=n % 10 == 0, values=said, fills={"category": "c"}) for n in range(number)
    ]


async def writes_of(connection: Transaction, project: int, rows: list[Row]) -> dict[str, tuple[int, ...]]:
    """What a chunk writes: the rows inserted, changed and deleted of each table in which there are some."""

    async def counted() -> dict[str, tuple[int, ...]]:
        return {name: tuple(counts) for name, *counts in await (await execute(connection, WRITES)).fetchall()}

    before = await counted()
    await keyed.apply(connection, command(project, rows))
    written = {
        name: tuple(now - then for now, then in zip(counts, before.get(name, (0, 0, 0)), strict=True))
        for name, counts in (await counted()).items()
    }
    return {name: counts for name, counts in written.items() if any(counts)}


async def test_equal_rows_cost_no_write_and_no_lock(database: Database, project: int) -> None:
    await apply(database, project, *products(50), row("s", "s", "x", stand_in=True), row("t", "T", "x"))
    versions = await database.fetch_row(VERSIONS, {"project": project})
    equal = [
        *products(50), row("s", "real code", "x"), row("unknown"), row("gone", deleted=True),
        row("stranger", "T", "x"),
    ]  # fmt: skip
    async with database.transaction() as connection:
        writes = await writes_of(connection, project, equal)
        ((locks,),) = await (await execute(connection, ADVISORY)).fetchall()
    assert writes == {"outbox": (1, 0, 0)}  # the result
    assert locks == 0
    assert await database.fetch_row(VERSIONS, {"project": project}) == versions


async def test_changed_rows_cost_one_write_each_and_none_of_keys(database: Database, project: int) -> None:
    await apply(database, project, *products(50))
    changed = products(50)
    for one in changed[:7]:
        one["values"]["name"] = "y"
    async with database.transaction() as connection:
        writes = await writes_of(connection, project, changed)
    assert writes["nomenklatura"] == (0, 7, 0)
    assert writes["outbox"] == (2, 0, 0)
    assert "nomenklatura_ref" not in writes


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The connections that statements were sent over, one for each statement."""
    sent: list[Any] = []
    send = AsyncRawCursor.execute

    async def record(self: AsyncRawCursor[Any], query: Any, *arguments: Any, **named: Any) -> Any:
        sent.append(self.connection)
        return await send(self, query, *arguments, **named)

    monkeypatch.setattr(AsyncRawCursor, "execute", record)
    return sent


async def test_statements_do_not_grow_with_the_rows(database: Database, project: int, statements: list[Any]) -> None:
    async def number(rows: list[Row]) -> int:
        statements.clear()
        async with database.transaction() as connection:
            await keyed.apply(connection, command(project, rows))
        return statements.count(connection)  # others, of services of this process, are over other connections

    few = [row(f"few{n}", f"F-{n}", "x") for n in range(4)]
    many = products(ROWS)
    assert await number(many) == await number(few)  # new ones
    known = await number(many)
    assert known == await number(few) == 4  # is there the project, which keys are known, write, tell the result
    for one in (*many, *few):
        one["values"]["name"] = "y"
    assert await number(many) == await number(few) == known + 1  # and tell what changed
    turned = [one["code"] for one in many[1:]] + [many[0]["code"]]
    for one, code in zip(many, turned, strict=True):
        one["code"] = code
    few[0]["code"], few[1]["code"] = few[1]["code"], few[0]["code"]
    assert await number(many) == await number(few)  # every code changes
    assert numbers(await apply(database, project, *many)) == (0, ROWS, ROWS, 0)
