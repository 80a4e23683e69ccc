"""Where agents are now: the newest point by fix time, however the points arrive."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ..builders import Locations, Row


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


async def latest(api: Locations, **query: Any) -> dict[str, Row]:
    answer = await api.get("latest/", **query)
    assert answer.status_code == 200, answer.text
    return {row["agent_code"]: row for row in answer.json()}


async def test_newest_by_fix_time_is_shown_with_its_age(api: Locations) -> None:
    row = await api.make(logged_at=ago(60), latitude=2, region="R1", speed=1.5, agent_name="Ali")
    await api.make("AG-2", logged_at=ago(7200))
    found = await latest(api)
    assert {name: found["AG-1"][name] for name in ("id", "latitude", "region", "speed", "agent_name", "stale")} == {
        "id": row["id"], "latitude": "2.000000", "region": "R1", "speed": "1.50", "agent_name": "Ali", "stale": False,
    }  # fmt: skip
    assert 60 <= found["AG-1"]["age"] < 120
    assert found["AG-2"]["stale"] is True


async def test_late_points_never_move_it(api: Locations) -> None:
    newest = await api.make(logged_at=ago(10), latitude=1)
    for seconds in (3000, 600, 5000):
        await api.make(logged_at=ago(seconds), latitude=2)
    batch = [{"agent_code": "AG-1", "latitude": 3, "longitude": 1, "logged_at": ago(n)} for n in (9000, 8000, 700)]
    assert (await api.batch(batch))["stored"] == 3
    assert (await latest(api))["AG-1"]["id"] == newest["id"]
    assert len(await api.listed()) == 7


async def test_batch_in_any_order_leaves_its_newest(api: Locations) -> None:
    batch = [
        {"agent_code": agent, "latitude": n, "longitude": 1, "logged_at": ago(1000 - n)}
        for n in (5, 80, 3, 79)
        for agent in ("B", "A")
    ]
    await api.batch(batch)
    assert {code: row["latitude"] for code, row in (await latest(api)).items()} == {"A": "80.000000", "B": "80.000000"}


async def test_fix_from_the_far_future_does_not_hold_it(api: Locations) -> None:
    await api.make(logged_at=ago(-90_000), latitude=1)
    assert await latest(api) == {}
    await api.make(logged_at=ago(10), latitude=2)
    assert (await latest(api))["AG-1"]["latitude"] == "2.000000"
    assert len(await api.listed()) == 2


async def test_changed_and_deleted_points_move_it_back(api: Locations) -> None:
    older = await api.make(logged_at=ago(100), latitude=1)
    newer = await api.make(logged_at=ago(10), latitude=2)
    await api.patch(newer["id"], latitude=3)
    assert (await latest(api))["AG-1"]["latitude"] == "3.000000"
    await api.patch(newer["id"], logged_at=ago(200))
    assert (await latest(api))["AG-1"]["id"] == older["id"]
    await api.delete(older["id"])
    assert (await latest(api))["AG-1"]["id"] == newer["id"]
    await api.delete(newer["id"])
    assert await latest(api) == {}


async def test_region_agent_and_box_choose(api: Locations) -> None:
    await api.make("A", region="R1", latitude=41, longitude=69)
    await api.make("B", region="R2", latitude=-17, longitude=179.5)
    for query, expected in [
        ({"region": "R1"}, {"A"}), ({"agent_code": "B"}, {"B"}), ({"bbox": "68,40,70,42"}, {"A"}),
        ({"bbox": "68,40,69,40.5"}, set()), ({"bbox": "170,-20,-170,-10"}, {"B"}),
        ({"bbox": "1e-99999,0e-20000,69.9999999999999999999999999999999999999,90"}, {"A"}),
    ]:  # fmt: skip
        assert set(await latest(api, **query)) == expected, query


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "NaN,1,2,3", "1,2,3,4,5", "1e9,0,0,0"])
async def test_unreadable_box_is_refused(api: Locations, box: str) -> None:
    for path in ("latest/", "stream/"):
        refused = await api.get(path, bbox=box)
        expected = {"bbox": ["Enter four numbers: west, south, east, north."]}
        assert (refused.status_code, refused.json()) == (400, expected)


@pytest.mark.parametrize("way", ["query", "accept"])
async def test_geojson_is_given_to_those_who_ask(api: Locations, way: str) -> None:
    row = await api.make(latitude=41.5, longitude=69.25, region="R1")
    query = {"format": "geojson"} if way == "query" else {}
    headers = api.headers | ({"Accept": "application/geo+json"} if way == "accept" else {})
    answer = await api.client.get("/api/v1/agent-location/latest/", params=query, headers=headers)
    assert answer.headers["content-type"] == "application/geo+json"
    collection = answer.json()
    (feature,) = collection["features"]
    assert (collection["type"], feature["type"], feature["id"]) == ("FeatureCollection", "Feature", "AG-1")
    assert feature["geometry"] == {"type": "Point", "coordinates": [69.25, 41.5]}
    assert (feature["properties"]["id"], feature["properties"]["region"]) == (row["id"], "R1")
    assert "place" not in feature["properties"]
