"""Months of points: made ahead, filled from the default partition, and dropped when they are old."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.client import until
from fastapi import FastAPI
from location.partitions.service import (
    Month,
    create,
    create_sql,
    delete_old_ids,
    delete_points,
    maintain,
    months_around,
)
from location.settings import LocationSettings

from ..builders import Locations, at


@pytest.fixture
def database(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


@pytest.fixture(autouse=True)
def no_months(settings: LocationSettings) -> Iterator[None]:
    """No partition but the default one after the test."""
    yield
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        for name in months(settings):
            connection.execute(f"drop table track.{name}".encode())


def months(settings: LocationSettings) -> list[str]:
    sql = "select tablename from pg_tables where schemaname = 'track' and tablename <> 'other' order by 1"
    with psycopg.connect(settings.dsn) as connection:
        return [name for (name,) in connection.execute(sql.encode())]


def places(settings: LocationSettings) -> list[str]:
    with psycopg.connect(settings.dsn) as connection:
        sql = "select tableoid::regclass::text from location_point order by fixed_at"
        return [name for (name,) in connection.execute(sql.encode())]


def test_months_around_now_are_wanted_over_the_turn_of_the_year() -> None:
    names = [month.name for month in months_around(datetime(2026, 12, 5, tzinfo=UTC))]
    assert names == ["track.m2026_11", "track.m2026_12", "track.m2027_01", "track.m2027_02"]


@pytest.mark.usefixtures("api")
async def test_months_are_made_once(database: Database, settings: LocationSettings) -> None:
    await maintain(database, None)
    made = months(settings)
    assert len(made) == 4
    await maintain(database, None)
    assert months(settings) == made


async def test_points_move_from_the_default_partition_into_their_month(
    api: Locations, database: Database, settings: LocationSettings
) -> None:
    rows = [await api.make(logged_at=at("10:00", day)) for day in ("2025-12-31", "2026-01-15", "2026-03-01")]
    assert places(settings) == ["track.other"] * 3
    assert await create(database, Month(2026, 1))
    assert places(settings) == ["track.other", "track.m2026_01", "track.other"]
    assert (await api.get(f"{rows[1]['id']}/")).json() == rows[1]
    again = await api.post(
        {"agent_code": "AG-1", "latitude": 41.3, "longitude": 69.2, "logged_at": rows[1]["logged_at"]}
    )
    assert (again.status_code, again.json()) == (200, rows[1])
    new = await api.make(logged_at=at("11:00", "2026-01-15"))
    assert await api.listed() == [row["id"] for row in (new, *rows[::-1])]


async def test_point_that_waits_for_its_month_is_stored_there(
    api: Locations, database: Database, settings: LocationSettings
) -> None:
    month = Month(2026, 1)
    with psycopg.connect(settings.dsn) as connection:
        for statement in create_sql(month):
            connection.execute(statement.encode())
        waiting = asyncio.create_task(api.make(logged_at=at("10:00", "2026-01-15")))
        await until(lambda: _waits(database))
        connection.commit()
    assert (await waiting)["logged_at"].startswith("2026-01-15T10:00")
    assert places(settings) == [month.name]


async def _waits(database: Database) -> bool:
    return bool(await database.fetch_rows("select from pg_locks where not granted"))


async def test_point_changes_its_month_with_its_time(
    api: Locations, database: Database, settings: LocationSettings
) -> None:
    await create(database, Month(2026, 1))
    row = await api.make(logged_at=at("10:00", "2026-01-15"))
    await api.patch(row["id"], logged_at=at("10:00", "2026-02-15"))
    assert places(settings) == ["track.other"]
    assert await api.listed() == [row["id"]]


async def test_old_months_and_rows_are_forgotten_with_their_counts(
    api: Locations, database: Database, settings: LocationSettings
) -> None:
    for month in (1, 2):
        await create(database, Month(2026, month))
    for agent, day in [
        ("GONE", "2025-06-01"), ("GONE", "2026-01-15"), ("STAYS", "2026-01-15"), ("STAYS", "2026-02-15"),
        ("STAYS", "2026-02-27"),
    ]:  # fmt: skip
        await api.make(agent, logged_at=at("10:00", day), region="R")
    assert await delete_points(database, datetime(2026, 2, 20, tzinfo=UTC)) == 1
    assert months(settings) == ["m2026_02"]
    assert len(await api.listed()) == len(await api.listed(agent_code="STAYS")) == 2
    assert await api.listed(agent_code="GONE") == []
    assert [row["agent_code"] for row in (await api.get("latest/")).json()] == ["STAYS"]
    assert [row["agent_code"] for row in (await api.get("unique-agents/")).json()] == ["STAYS"]
    activity = await api.get("regional-activity/", date_from="2020-01-01", date_to="2026-12-31")
    assert activity.json()["total_points"] == 2


async def test_ids_are_forgotten_when_they_are_too_old_to_come_again(
    api: Locations, database: Database, settings: LocationSettings
) -> None:
    for number in range(2):
        await api.make(id=f"00000000-0000-7000-8000-00000000000{number}")
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        old = "update location_seen set seen_at = now() - interval '91 days' where client_id::text like '%0'"
        connection.execute(old.encode())
        await delete_old_ids(database)
        left = connection.execute("select client_id::text from location_seen").fetchall()
    assert left == [("00000000-0000-7000-8000-000000000001",)]
