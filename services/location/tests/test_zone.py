"""Positions in another zone than the usual one: bodies, filters, days and answers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ecatalog.core.clock import local_zone
from ecatalog.testing.client import running
from ecatalog.testing.tokens import TokenFactory
from location.main import create
from location.settings import LocationSettings

from .builders import Locations, Row

USUAL = ZoneInfo("Asia/Tashkent")
ENDS = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
"""In one of them it is always another day than in the usual zone."""


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> ZoneInfo:
    name = next(one for one in ENDS if datetime.now(ZoneInfo(one)).date() != datetime.now(USUAL).date())
    monkeypatch.setenv("TIME_ZONE", name)
    return ZoneInfo(name)


@pytest.fixture
async def there(
    zone: ZoneInfo,  # noqa: ARG001 - for its effect
    fresh: None,  # noqa: ARG001 - for its effect
    settings: LocationSettings,
    tokens: TokenFactory,
) -> AsyncIterator[Locations]:
    """The API of a process in that zone."""
    local_zone.cache_clear()
    async with running(create(settings)) as client:
        yield Locations(client, tokens.headers(1, "editor"))
    local_zone.cache_clear()


async def test_times_without_a_zone_are_local_in_every_way_in(there: Locations, zone: ZoneInfo) -> None:
    meant = datetime.now(zone).replace(microsecond=0) - timedelta(minutes=5)
    bare = meant.replace(tzinfo=None).isoformat()
    row = await there.make(logged_at=bare, app_last_update=bare)
    same = {"agent_code": "AG-2", "latitude": 1, "longitude": 1}
    await there.batch([same | {"logged_at": bare}])
    await there.batch([same | {"logged_at": bare, "id": None}, same | {"latitude": 2}])
    changed = (await there.patch(row["id"], note="n", logged_at=bare)).json()
    rows: list[Row] = [row, changed, *(await there.get(agent_code="AG-2", latitude="1")).json()["results"]]
    for told in (row["app_last_update"], *(one["logged_at"] for one in rows if one["logged_at"])):
        assert told == meant.isoformat()


async def test_days_are_local_in_every_filter(there: Locations, zone: ZoneInfo) -> None:
    row = await there.make(region="R")
    today = datetime.now(zone).date().isoformat()
    assert datetime.fromisoformat(row["created_at"]).utcoffset() == datetime.now(zone).utcoffset()
    assert await there.listed(date_from=today) == [row["id"]]
    assert await there.listed(date_to=today) == []
    for query, count in (({"date": today}, 1), ({"date": datetime.now(USUAL).date().isoformat()}, 0)):
        day: Any = (await there.get("trajectory/", agent_code="AG-1", **query)).json()
        assert day["points_count"] == count
    for query, count in (({}, 1), ({"date_from": today, "date_to": today}, 1), ({"date_to": "2026-01-01"}, 0)):
        assert (await there.get("regional-activity/", **query)).json()["total_points"] == count
    assert datetime.fromisoformat((await there.get("latest/")).json()[0]["fixed_at"]) <= datetime.now(UTC)
