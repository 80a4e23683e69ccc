"""Values that cannot be stored never refuse a point: they are left out and named, in every way in."""

from typing import Any

import pytest
from location.points.checking import CLEAN, TYPES
from location.points.fields import Count, Measure, Minor
from location.points.schemas import PointIn

from ..builders import PATH, Locations, Row

DECIDE = ("id", "agent_code", "latitude", "longitude", "logged_at")
OTHERS = [name for name in CLEAN if name not in DECIDE]
POINT = {"agent_code": "AG-1", "latitude": 41.3, "longitude": 69.2}
JUNK: list[Any] = [
    -1e9,
    "NaN",
    "Infinity",
    "wide",
    [1],
    {"a": 1},
    "x\x00y",
    "9" * 1500,
    True,
    10**30,
    "n" * 300,
    1e-320,
]
NUMBER = "A valid number is required."
NULL = "This field may not be null."


def least(bound: float) -> str:
    return f"Ensure this value is greater than or equal to {bound}."


def most(bound: float) -> str:
    return f"Ensure this value is less than or equal to {bound}."


UNSTORED: list[tuple[str, Any, Any, str]] = [
    *((name, -1, None, least(0)) for name in ("heading", "speed", "accuracy", "battery_level", "ram_total")),
    ("screen_width", "wide", None, NUMBER), ("ram_total", 2**63, None, most(2**63 - 1)),
    ("battery_level", 1000, None, most(999.9)), ("heading", 360.01, None, most(360)), ("speed", True, None, NUMBER),
    ("accuracy", "123456.00", None, most(99999.99)), ("altitude", "-1e1000000", None, least(-999999.99)),
    ("speed", "NaN", None, NUMBER), ("speed", "-Infinity", None, NUMBER), ("speed", {}, None, NUMBER),
    ("ip_address", "999.1.1.1", None, "Enter a valid IPv4 or IPv6 address."),
    ("app_last_update", "yesterday", None, "Datetime has wrong format. Use one of these formats instead:"
     " YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."),
    ("is_rooted", "maybe", False, "Must be a valid boolean."), ("is_active", None, True, NULL),
    ("agent_name", None, "", NULL), ("region", ["R"], "", "Not a valid string."),
    ("platform", "p" * 51, "", "Ensure this field has no more than 50 characters."),
    ("note", "a\x00b", "", "Null characters are not allowed."),
    ("metadata", {"a": "\x00"}, None, "Null characters are not allowed."),
    ("metadata", [10**30], None, "The value holds a number that is too large."),
]  # fmt: skip
ROUNDED = [
    ("accuracy", 4.813000202178955, "4.81"), ("speed", 0.4560000002, "0.46"), ("altitude", 412.7000122, "412.70"),
    ("heading", 359.99481201171875, "359.99"), ("heading", "360.004", "360.00"), ("speed", -0.004, "0.00"),
    ("battery_level", 85.55, "85.6"), ("battery_level", 150, "150.0"),
    ("battery_level", "100.04", "100.0"), ("speed", "0.125", "0.13"),
    ("screen_width", 411.42857, 411), ("screen_height", "891.5", 892), ("accelerometer_y", -9.80665001, "-9.8067"),
    ("altitude", 1e-300, "0.00"), ("accuracy", 99999.99, "99999.99"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "stored", "reason"), UNSTORED)
async def test_value_is_left_out_and_named(api: Locations, name: str, value: Any, stored: Any, reason: str) -> None:
    made = await api.post(POINT | {name: value, "wifi_ssid": "Home"})
    row = made.json()
    assert (made.status_code, row[name], row["wifi_ssid"]) == (201, stored, "Home")
    assert (row["warnings"], list(row)[-1]) == ({name: [reason]}, "warnings")
    kept = (await api.get(f"{row['id']}/")).json()
    assert kept == {name: value for name, value in row.items() if name != "warnings"}


@pytest.mark.parametrize(("name", "value", "stored"), ROUNDED)
async def test_value_is_rounded_without_a_word(api: Locations, name: str, value: Any, stored: Any) -> None:
    one = await api.make(**{name: value})
    batch = await api.batch([POINT | {"agent_code": "AG-2", name: value}])
    (other,) = (await api.get(agent_code="AG-2")).json()["results"]
    assert (one[name], other[name]) == (stored, stored)
    assert "warnings" not in one
    assert "warnings" not in batch


async def test_nothing_but_what_decides_refuses_a_point(api: Locations) -> None:
    """Every other field with every kind of junk at once, one by one and many together."""
    for junk in JUNK:
        made = await api.post(POINT | dict.fromkeys(OTHERS, junk))
        assert made.status_code == 201, made.text
    batch = [POINT | {"agent_code": "AG-2"} | dict.fromkeys(OTHERS, junk) for junk in JUNK]
    answer = await api.batch(batch)
    assert (answer["stored"], answer["errors"]) == (len(batch), [])
    numbers = {name for name in OTHERS if isinstance(_field(name), Count | Measure)}
    named = {warning["field"]: warning["indexes"] for warning in answer["warnings"] if warning["reason"] == NUMBER}
    assert set(named) == numbers


def _field(name: str) -> Any:
    field = TYPES[name]
    assert isinstance(field, Minor)
    return field.field


@pytest.mark.parametrize("more", [{}, {"note": "of one alone"}], ids=["alike", "different"])
async def test_batch_tells_each_trouble_once_for_all_its_points(api: Locations, more: Row) -> None:
    points = [POINT | {"latitude": n, "heading": -1 if n % 2 else 90, "speed": -1 if n == 3 else 5} for n in range(6)]
    points[0] |= more
    answer = await api.batch(points)
    assert (answer["stored"], list(answer)[-1]) == (6, "warnings")
    assert answer["warnings"] == [
        {"field": "speed", "reason": least(0), "indexes": [3]},
        {"field": "heading", "reason": least(0), "indexes": [1, 3, 5]},
    ]
    rows = (await api.get(ordering="latitude")).json()["results"]
    assert [row["heading"] for row in rows] == ["90.00", None] * 3


async def test_what_is_not_stored_of_a_refused_point_is_not_told(api: Locations) -> None:
    points = [{"speed": -1, **POINT, "latitude": latitude} for latitude in (91, 41)]
    answer = await api.batch(points)
    assert answer["errors"][0]["errors"] == {"latitude": [most(90)]}
    assert answer["warnings"] == [{"field": "speed", "reason": least(0), "indexes": [1]}]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_change_leaves_out_and_names_alike(api: Locations, method: str) -> None:
    row = await api.make(heading=90, note="n")
    body = POINT | {"heading": -1, "speed": 0.456, "note": None, "is_active": "maybe"}
    changed = await api.client.request(method, f"{PATH}{row['id']}/", json=body, headers=api.headers)
    told = changed.json()
    assert (changed.status_code, told["heading"], told["speed"], told["note"], told["is_active"]) == (
        200, None, "0.46", "", True,
    )  # fmt: skip
    assert list(told["warnings"]) == ["heading", "note", "is_active"]
    tag = changed.headers["etag"]
    again = await api.client.patch(f"{PATH}{row['id']}/", json={}, headers=api.headers | {"If-Match": tag})
    assert again.status_code == 200


async def test_repeated_point_tells_it_again(api: Locations) -> None:
    body = POINT | {"logged_at": "2026-11-20T10:00:00Z", "speed": -1}
    first, again = await api.post(body), await api.post(body)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())


@pytest.mark.parametrize("body", [
    '{"agent_code": "AG-1", "latitude": 1, "longitude": 1, "note": "ok \\ud83d", "speed": NaN}',
    '{"agent_code": "AG-1", "latitude": 1, "longitude": 1, "note": "ok", "speed": -Infinity}',
    '{"agent_code": "AG-1", "latitude": 1, "longitude": 1, "note": "ok", "speed": 1e999}',
    '{"agent_code": "AG-1", "latitude": 1, "longitude": 1, "note": "ok", "speed": %s}' % ("1" * 5000),
])  # fmt: skip
async def test_value_that_json_does_not_know_spoils_no_other(api: Locations, body: str) -> None:
    headers = api.headers | {"Content-Type": "application/json"}
    one = await api.client.post(PATH, content=body, headers=headers)
    assert (one.status_code, one.json()["speed"], one.json()["note"][:2]) == (201, None, "ok")
    assert list(one.json()["warnings"]) == ["speed"]
    for content, kind in ((f"[{body}]", "application/json"), (body, "application/x-ndjson")):
        many = await api.client.post(f"{PATH}batch/", content=content, headers=headers | {"Content-Type": kind})
        assert (many.json()["stored"], many.json()["warnings"][0]["field"]) == (1, "speed")


async def test_such_a_value_of_what_decides_refuses(api: Locations) -> None:
    headers = api.headers | {"Content-Type": "application/json"}
    body = b'{"agent_code": "A\\ud83d", "latitude": NaN, "longitude": 1e999}'
    refused = await api.client.post(PATH, content=body, headers=headers)
    assert refused.json() == {
        "agent_code": ["Must be text in UTF-8."], "latitude": [NUMBER],
        "longitude": ["Ensure that there are no more than 3 digits before the decimal point."],
    }  # fmt: skip


async def test_form_leaves_out_and_names_alike(api: Locations) -> None:
    form = {"agent_code": "A", "latitude": "41", "longitude": "69", "metadata": "{", "speed": "-1", "heading": ""}
    made = await api.client.post(PATH, data=form, headers=api.headers)
    assert (made.status_code, made.json()["speed"], list(made.json()["warnings"])) == (201, None, ["speed", "metadata"])


def test_description_promises_no_refusal_that_does_not_come() -> None:
    for name, schema in PointIn.model_json_schema()["properties"].items():
        limits = {"maxLength", "minLength", "minimum", "maximum", "enum", "pattern"}
        found = limits & {key for part in (schema, *schema.get("anyOf", ())) for key in part}
        assert bool(found) == (name in {"agent_code", "latitude", "longitude"}), name
