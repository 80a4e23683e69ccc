from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..builders import Locations, at


async def activity(api: Locations, **query: Any) -> tuple[dict[str, int], int]:
    answer = await api.get("regional-activity/", **query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert list(body) == ["period", "agent_code", "regions", "total_points", "total_visits"]
    return {region["region"]: region["points_count"] for region in body["regions"]}, body["total_points"]


async def test_points_are_counted_by_region_agent_and_day(api: Locations) -> None:
    for clock in ("10:00", "11:00"):
        await api.make(region="R1", logged_at=at(clock))
    await api.make("AG-2", region="R2", logged_at=at("10:00", "2026-11-21"))
    period = {"date_from": "2026-11-20", "date_to": "2026-11-21"}
    assert await activity(api, **period) == ({"R1": 2, "R2": 1}, 3)
    assert await activity(api, **period, region="R2") == ({"R2": 1}, 1)
    assert await activity(api, **period, agent_code="AG-1") == ({"R1": 2}, 2)
    assert await activity(api, **period | {"date_to": "2026-11-20"}) == ({"R1": 2}, 2)


async def test_counts_follow_changed_and_hidden_points(api: Locations) -> None:
    row = await api.make(region="R1", logged_at=at("10:00"))
    period = {"date_from": "2026-11-20", "date_to": "2026-11-20"}
    await api.patch(row["id"], region="R2", agent_code="AG-2")
    assert await activity(api, **period) == ({"R2": 1}, 1)
    assert await api.listed(agent_code="AG-2") == [row["id"]]
    await api.delete(row["id"])
    assert await activity(api, **period) == ({}, 0)


async def test_period_is_this_month_up_to_today_by_itself(api: Locations) -> None:
    await api.make()
    today = datetime.now(ZoneInfo("Asia/Tashkent")).date()
    answer = (await api.get("regional-activity/")).json()
    assert answer["period"] == {"from": str(today.replace(day=1)), "to": str(today)}
    assert (answer["total_points"], answer["agent_code"]) == (1, None)


async def test_unreadable_date_is_refused(api: Locations) -> None:
    refused = await api.get("regional-activity/", date_from="x")
    assert (refused.status_code, refused.json()) == (400, {"date_from": ["Enter a valid date/time."]})
