"""Lists: filters, search, order, pages; and changing and hiding rows."""

from datetime import UTC, datetime, timedelta

import pytest

from ..builders import Locations, at


async def test_filters_and_search_leave_what_they_say(api: Locations) -> None:
    first = (await api.make("A1", agent_name="Ali", region="R1", platform="Android", device_id="D1"))["id"]
    second = (await api.make("B2", region="R2", platform="iOS", city="Buxoro"))["id"]
    today = datetime.now(UTC).astimezone().date()
    tomorrow, yesterday = (today + timedelta(days=days) for days in (2, -2))
    for query, expected in [
        ({"agent_code": "A1"}, [first]), ({"agent_code": "a1"}, []), ({"region": "R2"}, [second]),
        ({"platform": "Android"}, [first]), ({"platform": "android"}, []), ({"device_id": "D1"}, [first]),
        ({"agent_name": "Ali"}, [first]), ({"city": "Buxoro"}, [second]), ({"nonsense": "x"}, [second, first]),
        ({"date_from": str(yesterday)}, [second, first]), ({"date_from": str(tomorrow)}, []),
        ({"date_to": f"{tomorrow} 10:00"}, [second, first]), ({"date_to": f"{yesterday}T10:00:00.5Z"}, []),
        ({"date_from": f"{yesterday:%m/%d/%Y}", "agent_code": "B2"}, [second]),
        ({"search": "ali"}, [first]), ({"search": "r1 d1"}, [first]), ({"search": "r1 d2"}, []),
        ({"search": "%"}, []), ({"ordering": "agent_code"}, [first, second]), ({"ordering": "-metadata"}, None),
    ]:  # fmt: skip
        found = await api.listed(**query)
        assert expected is None or found == expected, query


async def test_counts_of_agents_and_regions_follow_changes(api: Locations) -> None:
    batch = [
        {"agent_code": f"A{n % 2}", "region": f"R{n % 3}", "latitude": n, "longitude": 1, "logged_at": at("10:00", day)}
        for n in range(12)
        for day in ("2026-11-20", "2026-10-31")
    ]
    await api.batch(batch)
    (first, second, *_) = await api.listed(region="R1", agent_code="A1", page_size=100)
    assert len(await api.listed(region="R1", page_size=100)) == 8
    await api.delete(first)
    await api.patch(second, region="R2")
    assert len(await api.listed(region="R1", agent_code="A1", page_size=100)) == 2
    assert len(await api.listed(region="R2", page_size=100)) == 9
    assert len(await api.listed(agent_code="A1", page_size=100)) == 11
    assert await api.listed(region="R4") == []


@pytest.mark.parametrize("raw", ["22.11.2026", "abc", "2026-13-01", "2026-11-22 25:00", "99999-01-01"])
async def test_unreadable_time_is_refused(api: Locations, raw: str) -> None:
    refused = await api.get(date_from=raw)
    assert (refused.status_code, refused.json()) == (400, {"date_from": ["Enter a valid date/time."]})


async def test_pages_are_numbered_and_end(api: Locations) -> None:
    ids = [(await api.make())["id"] for _ in range(3)][::-1]
    first = (await api.get(page_size=2)).json()
    assert ([row["id"] for row in first["results"]], first["count"]) == (ids[:2], 3)
    last = (await api.client.get(first["next"], headers=api.headers)).json()
    assert ([row["id"] for row in last["results"]], last["next"]) == (ids[2:], None)
    too_far = await api.get(page=2)
    assert (too_far.status_code, too_far.json()) == (404, {"detail": "Invalid page."})
    walked = (await api.get(cursor="", limit=2)).json()
    assert [row["id"] for row in walked["results"]] == ids[:2]


async def test_empty_list_and_unknown_rows(api: Locations) -> None:
    assert (await api.get()).json() == {"count": 0, "next": None, "previous": None, "results": []}
    for path in ("1/", "abc/", f"{2**63}/"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_patch_changes_what_is_sent_and_nothing_else(api: Locations) -> None:
    row = await api.make(region="R1", logged_at=at("10:00"))
    changed = (await api.patch(row["id"], note="patched", region="R2")).json()
    assert changed == row | {"note": "patched", "region": "R2", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > row["updated_at"]
    assert (await api.patch(row["id"], latitude=91)).status_code == 400
    assert (await api.patch(row["id"] + 1, note="x")).status_code == 404


async def test_put_requires_agent_and_place(api: Locations) -> None:
    row = await api.make(note="kept")
    path = f"/api/v1/agent-location/{row['id']}/"
    refused = await api.client.put(path, json={"note": "x"}, headers=api.headers)
    assert set(refused.json()) == {"agent_code", "latitude", "longitude"}
    body = {"agent_code": "AG-9", "latitude": 1, "longitude": 2}
    replaced = (await api.client.put(path, json=body, headers=api.headers)).json()
    assert (replaced["agent_code"], replaced["latitude"], replaced["note"]) == ("AG-9", "1.000000", "kept")
    assert await api.listed(agent_code="AG-9") == [row["id"]]
    assert await api.listed(agent_code="AG-1") == []


async def test_point_may_not_be_moved_onto_another(api: Locations) -> None:
    await api.make(logged_at=at("10:00"))
    other = await api.make(logged_at=at("10:01"))
    refused = await api.patch(other["id"], logged_at=at("10:00"))
    assert (refused.status_code, list(refused.json())) == (400, ["non_field_errors"])


async def test_deleted_point_is_gone(api: Locations) -> None:
    row = await api.make()
    assert (await api.delete(row["id"])).status_code == 204
    assert (await api.get(f"{row['id']}/")).status_code == 404
    assert (await api.delete(row["id"])).status_code == 404
    assert await api.listed() == []
    await api.make(is_deleted=True)
    assert await api.listed() == []


async def test_lost_update_is_refused(api: Locations) -> None:
    row = await api.make()
    tag = (await api.get(f"{row['id']}/")).headers["etag"]
    path = f"/api/v1/agent-location/{row['id']}/"
    answers = [
        await api.client.patch(path, json={"note": "x"}, headers=api.headers | {"If-Match": tag}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 412]
