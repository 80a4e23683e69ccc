import pytest

from ..builders import Locations, at


async def test_day_shows_its_points_by_fix_time(api: Locations) -> None:
    await api.make(logged_at=at("23:59:59"), latitude=2, speed=1.5, accuracy=5, battery_level=80)
    await api.make(logged_at=at("00:00:00"), latitude=1)
    await api.make(logged_at=at("00:00:00", "2026-11-21"))
    await api.make(logged_at=at("10:00"), is_deleted=True)
    await api.make("AG-2", logged_at=at("10:00"))
    day = await api.get("trajectory/", agent_code="AG-1", date="2026-11-20")
    rest = {"lng": 69.2, "speed": 0, "acc": 0, "bat": 0}
    assert day.json() == {
        "agent_code": "AG-1", "date": "2026-11-20", "points_count": 2, "visits": [], "points": [
            rest | {"lat": 1, "time": "2026-11-19T19:00:00.000000+00:00"},
            rest | {"lat": 2, "speed": 1.5, "acc": 5, "bat": 80, "time": "2026-11-20T18:59:59.000000+00:00"},
        ],
    }  # fmt: skip


async def test_empty_day_is_empty(api: Locations) -> None:
    day = await api.get("trajectory/", agent_code='A"\\1', date="2020-01-01")
    assert day.json() == {"agent_code": 'A"\\1', "date": "2020-01-01", "points_count": 0, "points": [], "visits": []}


@pytest.mark.parametrize("query", [{}, {"agent_code": "A"}, {"date": "2026-11-20"}, {"agent_code": " ", "date": "x"}])
async def test_agent_and_date_are_required(api: Locations, query: dict[str, str]) -> None:
    refused = await api.get("trajectory/", **query)
    assert (refused.status_code, refused.json()) == (400, {"error": "agent_code va date parametrlar talab qilinadi"})


@pytest.mark.parametrize("date", ["23.11.2026", "2026-02-30", "0001-01-01"])
async def test_unreadable_date_is_refused(api: Locations, date: str) -> None:
    refused = await api.get("trajectory/", agent_code="A", date=date)
    assert (refused.status_code, refused.json()) == (400, {"date": ["Enter a valid date."]})
