"""A chunk applied to real tables: what is written, what is kept, what is told."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
import pytest
from catalog.chunks import service
from catalog.upsert.failures import NO_PROJECT
from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.contracts.integration import ChunkReady, SyncType
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.events.envelope import MAX_MESSAGE_BYTES, Event

Row = dict[str, Any]


def command(project: int, rows: list[Row], kind: SyncType = "nomenklatura") -> Event[ChunkReady]:
    chunk = ChunkReady(task_id=uuid7(), chunk=0, project_id=project, sync_type=kind, rows=rows)
    return Event(uuid7(), "", "", 0, chunk)


async def apply(database: Database, project: int, rows: list[Row], kind: SyncType = "nomenklatura") -> ChunkApplied:
    event = command(project, [dict(row) for row in rows], kind)
    async with database.transaction() as connection:
        await service.apply(connection, event)
    return await result(database, event.id)


async def result(database: Database, command_id: UUID) -> ChunkApplied:
    row = await database.fetch_row("select data from outbox where id = %s", (service.result_id(command_id),))
    assert row is not None
    return ChunkApplied.model_validate_json(row[0])


async def stored(database: Database, project: int, table: str = "nomenklatura") -> dict[str, Row]:
    """The project's rows by their code."""
    sql = f"select json_agg(t) from {table} t where project_id = %s"  # noqa: S608 - the test's own texts
    rows = orjson.loads(await database.fetch_json(sql, (project,)) or b"[]")
    return {row.get("code_1c") or row["client_code_1c"]: row for row in rows}


async def events_since(database: Database, seq: int) -> list[Row]:
    async with database.connection() as connection:
        found = await connection.execute(
            "select data from outbox where seq > %s and type ~ 'changed' order by seq", (seq,)
        )
        return [orjson.loads(data) for (data,) in await found.fetchall()]


async def last_seq(database: Database) -> int:
    row = await database.fetch_row("select coalesce(max(seq), 0) from outbox")
    assert row is not None
    return int(row[0])


def numbers(applied: ChunkApplied) -> tuple[int, int, int, int]:
    return applied.created, applied.updated, applied.unchanged, len(applied.failed)


async def test_new_rows_are_created_with_the_defaults_of_the_api(database: Database, project: int) -> None:
    rows: list[Row] = [
        {"code_1c": "A", "name": "Молоко", "base_price": "12000.50", "tags": ["a"]},
        {"code_1c": "B", "name": "Сут"},
    ]
    assert numbers(await apply(database, project, rows)) == (2, 0, 0, 0)
    found = await stored(database, project)
    a, b = found["A"], found["B"]
    assert (a["name"], a["base_price"], a["tags"], a["currency"]) == ("Молоко", 12000.50, ["a"], "UZS")
    assert (b["base_price"], b["tags"], b["metadata"], b["currency"]) == (None, [], {}, "UZS")
    assert (b["is_active"], b["is_deleted"], b["popularity_score"]) == (True, False, 0)
    assert b["enrichment_status"] == "PENDING"


async def test_clients_are_created_too(database: Database, project: int) -> None:
    rows = [{"client_code_1c": "К-1", "name": "Дўкон", "rating": "4.50", "social_media": {"t": "@x"}}]
    assert numbers(await apply(database, project, rows, "clients")) == (1, 0, 0, 0)
    row = (await stored(database, project, "client"))["К-1"]
    assert (row["rating"], row["social_media"], row["country"], row["currency"]) == (
        4.5,
        {"t": "@x"},
        "Uzbekistan",
        "UZS",
    )
    assert (row["tags"], row["additional_phones"], row["priority"]) == ([], [], 0)


async def test_same_rows_again_write_nothing_and_tell_nothing(database: Database, project: int) -> None:
    rows = [{"code_1c": f"C-{n}", "name": "x", "weight": "1.250", "metadata": {"a": [1]}} for n in range(50)]
    await apply(database, project, rows)
    versions = "select array_agg(xmin::text || ctid::text order by id) from nomenklatura where project_id = %s"
    before, seq = await database.fetch_row(versions, (project,)), await last_seq(database)
    assert numbers(await apply(database, project, rows)) == (0, 50, 50, 0)
    assert await database.fetch_row(versions, (project,)) == before
    assert await events_since(database, seq) == []


async def test_only_changed_rows_are_told(database: Database, project: int) -> None:
    await apply(database, project, [{"code_1c": f"C-{n}", "name": "x"} for n in range(10)])
    seq = await last_seq(database)
    rows = [{"code_1c": f"C-{n}", "name": "y" if n in (3, 7) else "x"} for n in range(12)]
    assert numbers(await apply(database, project, rows)) == (2, 10, 8, 0)
    (event,) = await events_since(database, seq)
    assert {row["code_1c"]: row["name"] for row in event["rows"]} == {"C-3": "y", "C-7": "y", "C-10": "x", "C-11": "x"}


async def test_column_that_a_row_does_not_have_keeps_its_value(database: Database, project: int) -> None:
    full = {"code_1c": "A", "name": "x", "currency": "USD", "tags": ["t"], "brand": "b", "is_active": False}
    await apply(database, project, [full])
    rows: list[Row] = [
        {"code_1c": "A", "name": "new"},
        {"code_1c": "B", "name": "x", "currency": "EUR", "tags": [], "brand": "c"},
    ]
    assert numbers(await apply(database, project, rows)) == (1, 1, 0, 0)
    found = (await stored(database, project))["A"]
    assert {name: found[name] for name in full} == {**full, "name": "new"}


async def test_null_clears_a_column_and_absence_does_not(database: Database, project: int) -> None:
    row = {"name": "x", "expiry_date": "2027-01-31", "currency": "USD", "brand": "b"}
    await apply(database, project, [{"code_1c": code, **row} for code in "ABC"])
    rows: list[Row] = [
        {"code_1c": "A", "name": "x", "expiry_date": None, "currency": None},
        {"code_1c": "B", "name": "x"},
        {"code_1c": "C", "name": "x", "expiry_date": "2028-01-31", "brand": None},
        {"code_1c": "D", "name": "x", "expiry_date": None, "currency": None},
    ]
    assert numbers(await apply(database, project, rows)) == (1, 3, 1, 0)
    found = await stored(database, project)
    shown = {code: (row["expiry_date"], row["currency"], row["brand"]) for code, row in found.items()}
    assert shown == {
        "A": (None, None, "b"),
        "B": ("2027-01-31", "USD", "b"),
        "C": ("2028-01-31", "USD", None),
        "D": (None, None, None),
    }


async def test_delete_mark_hides_and_unhides_with_everything_kept(database: Database, project: int) -> None:
    await apply(database, project, [{"code_1c": "A", "name": "x", "brand": "b", "is_deleted": False}])
    before = (await stored(database, project))["A"]
    hidden = await apply(database, project, [{"code_1c": "A", "name": "x", "is_deleted": True}])
    assert numbers(hidden) == (0, 1, 0, 0)
    assert (await stored(database, project))["A"]["is_deleted"] is True
    seq = await last_seq(database)
    shown = await apply(database, project, [{"code_1c": "A", "name": "x", "is_deleted": False}])
    assert numbers(shown) == (0, 1, 0, 0)
    after = (await stored(database, project))["A"]
    assert after == {**before, "updated_at": after["updated_at"]}
    assert [event["rows"][0]["is_deleted"] for event in await events_since(database, seq)] == [False]


async def test_hidden_row_is_found_by_its_code(database: Database, project: int) -> None:
    await apply(database, project, [{"code_1c": "A", "name": "x", "is_deleted": True}])
    assert numbers(await apply(database, project, [{"code_1c": "A", "name": "y"}])) == (0, 1, 0, 0)
    row = (await stored(database, project))["A"]
    assert (row["name"], row["is_deleted"]) == ("y", True)


async def test_rows_of_other_projects_are_left_alone(database: Database, project: int) -> None:
    sql = "insert into project (code_1c, name) values (%(code)s, 'other') returning id"
    [other] = await database.execute_row(sql, {"code": uuid7().hex}) or ()
    await apply(database, other, [{"code_1c": "A", "name": "theirs"}])
    assert numbers(await apply(database, project, [{"code_1c": "A", "name": "ours"}])) == (1, 0, 0, 0)
    assert (await stored(database, other))["A"]["name"] == "theirs"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"code_1c": "X", "name": "n" * 256}, "A text is longer than its column allows."),
        ({"code_1c": "X", "name": "x", "base_price": "99999999999999999.99"}, "A number is too large for its column."),
        ({"code_1c": "X", "name": "x", "base_price": "abc"}, "A value is not of its column's type."),
        ({"code_1c": "X", "name": "x", "is_active": "perhaps"}, "A value is not of its column's type."),
        ({"code_1c": "X", "name": "x", "expiry_date": "2027-02-31"}, "A date is not valid."),
        ({"code_1c": "X", "name": "x", "expiry_date": "soon"}, "A date is not valid."),
        ({"code_1c": "X", "name": "a\u0000b"}, "A text holds a character that cannot be stored."),
        ({"code_1c": "X"}, "name may not be empty."),
        ({"code_1c": "X", "name": None}, "name may not be empty."),
        ({"name": "no code"}, "code_1c may not be empty."),
        ({"code_1c": "X", "name": "x", "warranty_period": 2**40}, "A number is too large for its column."),
    ],
)
async def test_row_that_cannot_be_stored_fails_alone(database: Database, project: int, bad: Row, reason: str) -> None:
    good = [{"code_1c": f"C-{n}", "name": "x"} for n in range(20)]
    applied = await apply(database, project, [*good[:7], bad, *good[7:]])
    assert numbers(applied) == (20, 0, 0, 1)
    assert [(failure.code, failure.error) for failure in applied.failed] == [(bad.get("code_1c"), reason)]
    assert len(await stored(database, project)) == 20


async def test_chunk_of_only_bad_rows_is_applied_too(database: Database, project: int) -> None:
    applied = await apply(database, project, [{"code_1c": str(n), "name": "n" * 300} for n in range(40)])
    assert numbers(applied) == (0, 0, 0, 40)
    assert sorted(int(failure.code or "") for failure in applied.failed) == list(range(40))


async def test_code_that_comes_twice_in_a_chunk_is_created_and_then_updated(database: Database, project: int) -> None:
    rows = [{"code_1c": "A", "name": "first"}, {"code_1c": "B", "name": "x"}, {"code_1c": "A", "name": "second"}]
    assert numbers(await apply(database, project, rows)) == (2, 1, 0, 0)
    assert (await stored(database, project))["A"]["name"] == "second"


async def test_columns_of_the_catalog_itself_cannot_be_written(database: Database, project: int) -> None:
    row = {"code_1c": "A", "name": "x", "id": 1, "enrichment_status": "FAILED", "created_at": "2001-01-01", "odd": 1}
    assert numbers(await apply(database, project, [row])) == (1, 0, 0, 0)
    found = (await stored(database, project))["A"]
    assert found["enrichment_status"] == "PENDING"
    assert not found["created_at"].startswith("2001")


async def test_description_is_cleaned_as_everywhere(database: Database, project: int) -> None:
    text = "<p onclick='x()'>Ҳақида<script>alert(1)</script></p>"
    await apply(database, project, [{"code_1c": "A", "name": "x", "description": text}])
    assert (await stored(database, project))["A"]["description"] == "<p>Ҳақида</p>"
    again = await apply(database, project, [{"code_1c": "A", "name": "x", "description": text}])
    assert numbers(again) == (0, 1, 1, 0)


@pytest.mark.parametrize("change", ["", "update project set is_deleted = true where id = %(id)s"])
async def test_every_row_fails_without_its_project(database: Database, project: int, change: str) -> None:
    if change:
        await database.execute(change, {"id": project})
    applied = await apply(database, project if change else 2**40, [{"code_1c": "A", "name": "x"}, {"code_1c": "B"}])
    assert [(failure.code, failure.error) for failure in applied.failed] == [("A", NO_PROJECT), ("B", NO_PROJECT)]
    assert numbers(applied) == (0, 0, 0, 2)


async def test_many_changes_are_told_in_messages_that_fit(database: Database, project: int) -> None:
    seq = await last_seq(database)
    rows = [{"code_1c": f"C-{n}", "name": "н" * 250, "brand": "б" * 140} for n in range(1500)]
    await apply(database, project, rows)
    events = await events_since(database, seq)
    assert sorted(row["code_1c"] for event in events for row in event["rows"]) == sorted(row["code_1c"] for row in rows)
    assert len(events) > 2
    assert all(len(orjson.dumps(event)) < MAX_MESSAGE_BYTES for event in events)


async def test_result_has_the_same_id_each_time_and_comes_with_the_rows(database: Database, project: int) -> None:
    event = command(project, [{"code_1c": "A", "name": "x"}])
    with suppress(RuntimeError):
        async with database.transaction() as connection:
            await service.apply(connection, event)
            raise RuntimeError
    assert await database.fetch_row("select 1 from outbox where id = %s", (service.result_id(event.id),)) is None
    assert await stored(database, project) == {}


async def test_chunks_with_rows_in_common_do_not_lock_each_other_out(database: Database, project: int) -> None:
    codes = [f"C-{n:03}" for n in range(200)]
    await apply(database, project, [{"code_1c": code, "name": "x"} for code in codes])
    for turn in range(5):
        forth = [{"code_1c": code, "name": f"forth {turn}"} for code in codes]
        back = [{"code_1c": code, "name": f"back {turn}"} for code in reversed(codes)]
        results = await asyncio.gather(apply(database, project, forth), apply(database, project, back))
        assert [numbers(applied) for applied in results] == [(0, 200, 0, 0)] * 2
    assert {row["name"] for row in (await stored(database, project)).values()} <= {"forth 4", "back 4"}


async def test_change_made_meanwhile_to_another_column_is_kept(database: Database, project: int) -> None:
    await apply(database, project, [{"code_1c": "A", "name": "x", "brand": "old"}])
    async with database.transaction() as user:
        await execute(user, "update nomenklatura set brand = 'new' where project_id = %(id)s", {"id": project})
        waiting = asyncio.create_task(
            apply(database, project, [{"code_1c": "A", "name": "y"}, {"code_1c": "B", "name": "y", "brand": "b"}])
        )
        await asyncio.sleep(0.2)
        assert not waiting.done()
    await waiting
    row = (await stored(database, project))["A"]
    assert (row["name"], row["brand"]) == ("y", "new")
