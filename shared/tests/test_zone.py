"""TIME_ZONE holds for times without an offset, for days, for what the database shows, and for commands."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ecatalog.commands import moments
from ecatalog.core.clock import local_zone
from ecatalog.db.database import Database
from ecatalog.entities.filters import FilterSet, Where, whole_days
from ecatalog.fields.types import DateTime
from ecatalog.testing.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
NAMES_A_ZONE = re.compile(r"ZoneInfo\(|TIME_ZONE\b|ettings(\(\))?\.time_zone\b|[\"'](Asia|Europe|America|Pacific)/\w")


@pytest.fixture(params=["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TIME_ZONE", request.param)
    local_zone.cache_clear()
    yield request.param
    local_zone.cache_clear()


def shift(zone: str) -> float:
    """Hours ahead of UTC."""
    return {"Pacific/Kiritimati": 14, "Pacific/Pago_Pago": -11, "Asia/Kathmandu": 5.75}[zone]


def hours(moment: datetime) -> float:
    """Hours before that day's begin in UTC."""
    return (datetime(2026, 1, 2, tzinfo=UTC) - moment).total_seconds() / 3600


def test_time_without_an_offset_is_a_local_one(zone: str) -> None:
    assert hours(DateTime().clean("2026-01-02T00:00:00")) == shift(zone)
    assert hours(moments.parse("2026-01-02T00:00:00")) == shift(zone)


def test_days_of_filters_are_local_ones(zone: str) -> None:
    where = Where()
    FilterSet(whole_days("created", "created_at")).apply(
        {"created_from": "2026-01-02", "created_to": "2026-01-01"}, where
    )
    assert [hours(moment) for moment in where.parameters.values()] == [shift(zone)] * 2


async def test_database_shows_local_times(zone: str, postgres: Postgres) -> None:
    database = Database(postgres.create_database(f"zone_{abs(int(shift(zone)))}"))
    asked = "select (timestamptz '2026-01-02T00:00:00Z')::timestamp, current_setting('timezone')"
    shown: Any = await database.fetch_row(asked)
    async with database.session() as session:
        again = (await session.connection()).exec_driver_sql(asked)
        assert tuple((await again).one()) == shown
    await database.close()
    assert (-hours(shown[0].replace(tzinfo=UTC)), shown[1]) == (shift(zone), zone)


def test_no_other_place_of_the_code_knows_a_zone() -> None:
    folders = [ROOT / "shared" / "ecatalog", *(ROOT / "services").glob("*/*"), ROOT / "deploy", ROOT / "manage.py"]
    files = [file for folder in folders for file in ([folder] if folder.is_file() else folder.rglob("*.py"))]
    found = {file.name for file in files if "tests" not in file.parts and NAMES_A_ZONE.search(file.read_text("utf-8"))}
    assert found == {"clock.py", "examples.py"}  # the document shows a schedule, which has a zone of its own
