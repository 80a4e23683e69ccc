"""What a phone says of itself is stored with each point of a batch, whether it is the same in all of them or not."""

from typing import Any

import pytest
from location.points.columns import FACTS

from ..builders import Locations, Row

TEXTS = dict.fromkeys(("device_name", "os_version", "platform", "screen_lock_type"), 'q"\\{},%s null')
NUMBERS = {"screen_width": 1080, "screen_density": "2.75", "ram_total": 2**62, "storage_total": None}
OTHERS = {"is_rooted": True, "camera_back": False, "app_last_update": "2026-02-03T09:05:06+05:00"}
FULL: Row = TEXTS | NUMBERS | OTHERS
OLD: dict[str, Any] = dict.fromkeys(TEXTS, "") | {"screen_width": 720, "is_rooted": False, "app_last_update": None}


async def stored(api: Locations, points: list[Row]) -> list[Row]:
    sent = [{"agent_code": "AG-1", "latitude": 1 + at, "longitude": 1} | each for at, each in enumerate(points)]
    assert (await api.batch(sent))["stored"] == len(sent)
    rows: list[Row] = (await api.get(ordering="latitude")).json()["results"]
    return [{name: row[name] for name in FULL} for row in rows]


@pytest.mark.parametrize("points", [[FULL] * 3, [FULL, FULL | OLD, FULL], [FULL]])
async def test_facts_are_stored_with_each_point(api: Locations, points: list[Row]) -> None:
    assert set(FULL) <= FACTS
    assert await stored(api, points) == points


async def test_fact_that_cannot_be_stored_is_empty_in_each_point(api: Locations) -> None:
    points = [FULL | {"screen_width": "wide"}] * 2
    assert await stored(api, points) == [FULL | {"screen_width": None}] * 2


async def test_points_with_facts_are_recognised_when_they_come_again(api: Locations) -> None:
    point = FULL | {"agent_code": "AG-1", "latitude": 1, "longitude": 1, "logged_at": "2026-11-20T10:00:00Z"}
    other = point | {"logged_at": "2026-11-20T11:00:00Z"}
    assert (await api.batch([point]))["stored"] == 1
    answer = await api.batch([point, other, other])
    assert (answer["stored"], answer["repeated"]) == (1, [0, 2])
