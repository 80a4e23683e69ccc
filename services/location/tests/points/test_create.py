"""Sending one point: every field, its limits and messages, and what is sent again."""

from typing import Any
from uuid import uuid4

import pytest
from location.points.schemas import PointOut

from ..builders import Locations, at

FULL: dict[str, Any] = {
    "agent_name": "Ali", "agent_phone": "+998901", "region": "Toshkent", "device_id": "IMEI-1", "screen_width": 1080,
    "screen_density": "421.50", "ram_total": 8589934592, "camera_front": True, "accuracy": "5.25", "heading": "359.99",
    "battery_level": "100.0", "battery_voltage": "4.123", "ip_address": "10.0.0.5", "accelerometer_y": "-9.8066",
    "app_last_update": "2026-02-03T09:05:06+05:00",
    "logged_at": "2026-11-20T10:00:00.500000+05:00", "note": "n", "metadata": {"k": [1]}, "is_active": False,
}  # fmt: skip
REFUSED = [
    ({"latitude": 1000}, {"latitude": ["Ensure that there are no more than 3 digits before the decimal point."]}),
    ({"latitude": 90.1}, {"latitude": ["Ensure this value is less than or equal to 90."]}),
    ({"longitude": "-180.5"}, {"longitude": ["Ensure this value is greater than or equal to -180."]}),
    ({"latitude": None, "longitude": ""}, {
        "latitude": ["This field may not be null."], "longitude": ["A valid number is required."],
    }),
    ({"latitude": "NaN"}, {"latitude": ["A valid number is required."]}),
    ({"id": "x", "heading": -1, "note": [1]}, {"id": ["Must be a valid UUID."]}),
    ({"agent_code": "A\ufffd"}, {"agent_code": ["Must be text in UTF-8."]}),
    ({"agent_code": " "}, {"agent_code": ["This field may not be blank."]}),
]  # fmt: skip


async def test_fields_come_back_as_they_were_sent_in_the_order_of_the_contract(api: Locations) -> None:
    row = await api.make(**FULL)
    assert {name: row[name] for name in FULL} == FULL
    assert list(row) == list(PointOut.model_fields)
    assert (await api.get(f"{row['id']}/")).json() == row


async def test_fields_that_are_not_sent_have_their_defaults(api: Locations) -> None:
    row = await api.make()
    assert (row["metadata"], row["is_active"], row["is_deleted"], row["is_rooted"]) == ({}, True, False, False)
    assert (row["region"], row["note"], row["speed"], row["logged_at"]) == ("", "", None, None)


@pytest.mark.parametrize(("fields", "errors"), REFUSED)
async def test_bad_value_is_refused_with_its_message(api: Locations, fields: Any, errors: Any) -> None:
    refused = await api.post({"agent_code": "A", "latitude": 1, "longitude": 1} | fields)
    assert (refused.status_code, refused.json()) == (400, errors)


async def test_what_is_required_is_told_at_once(api: Locations) -> None:
    required = ["This field is required."]
    assert (await api.post({})).json() == {"agent_code": required, "latitude": required, "longitude": required}


async def test_coordinates_are_rounded_to_six_places(api: Locations) -> None:
    row = await api.make(latitude=41.31108149, longitude="69.2405625555")
    assert (row["latitude"], row["longitude"]) == ("41.311081", "69.240563")


async def test_mapped_address_is_unpacked_and_a_blank_one_is_null(api: Locations) -> None:
    assert (await api.make(ip_address="::ffff:10.0.0.1"))["ip_address"] == "10.0.0.1"
    assert (await api.make(ip_address=""))["ip_address"] is None


async def test_form_is_accepted(api: Locations) -> None:
    form = {"agent_code": "A", "latitude": "41", "longitude": "69", "metadata": '{"a": 1}'}
    made = await api.client.post("/api/v1/agent-location/", data=form, headers=api.headers)
    assert (made.status_code, made.json()["metadata"]) == (201, {"a": 1})


async def test_point_with_an_id_is_stored_once(api: Locations) -> None:
    given = str(uuid4())
    first = await api.make(id=given)
    again = await api.post({"agent_code": "AG-1", "latitude": 1, "longitude": 2, "id": given, "logged_at": at("10:00")})
    assert (again.status_code, again.json()) == (200, first)
    other = await api.make("AG-2", id=given)
    assert await api.listed() == [other["id"], first["id"]]


async def test_point_without_an_id_is_known_by_agent_time_and_place(api: Locations) -> None:
    first = await api.make(logged_at=at("10:00"), latitude=41.1234567)
    again = await api.post(
        {"agent_code": "AG-1", "latitude": "41.123457", "longitude": 69.2, "logged_at": "2026-11-20T05:00:00Z"}
    )
    assert (again.status_code, again.json()) == (200, first)
    others = [await api.make(logged_at=at("10:00")), await api.make(logged_at=at("10:01"), latitude=41.1234567)]
    assert len(await api.listed()) == 1 + len(others)


async def test_points_with_neither_are_all_stored(api: Locations) -> None:
    for _ in range(3):
        await api.make()
    assert len(await api.listed()) == 3


async def test_number_as_id_is_passed_over(api: Locations) -> None:
    assert (await api.make(id=5))["id"] != (await api.make(id=5))["id"]
