"""Values of a batch come back as they were sent, whichever of its points have them."""

from typing import Any

import pytest

from ..builders import Locations, Row

TEXTS = ['"', "\\", "\\\"{},'", "null", "NULL", "{}", "a\nb\tc\r\x01\x7f", "ў‘Ӯ🚚", "\\u0041", "%(x)s %s $1", ""]
METADATA: list[Any] = [None, {}, [], "null", 'q"\\', {"a": ["\\n", None, 1.5]}, True, 0]
VALUES: list[Row] = [
    *({"note": text} for text in TEXTS),
    *({"metadata": value} for value in METADATA),
    {"speed": 1.1, "accuracy": 0.07, "heading": 359.99, "battery_level": 99.9},
    {"speed": "2.25", "is_rooted": "yes", "camera_front": False, "screen_width": 1080, "ram_total": 2**62},
    {"app_last_update": "2026-02-03T09:05:06+05:00", "ip_address": "::ffff:10.0.0.5", "battery_voltage": None},
]
SHOWN = {"is_rooted": True, "ip_address": "10.0.0.5", "speed": "2.25"}


def points(values: list[Row]) -> list[Row]:
    return [{"agent_code": "AG-1", "latitude": 1 + place, "longitude": 1} | one for place, one in enumerate(values)]


async def stored(api: Locations, values: list[Row]) -> list[Row]:
    answer = await api.batch(points(values))
    assert answer["stored"] == len(values), answer
    rows: list[Row] = (await api.get(ordering="latitude", page_size="100")).json()["results"]
    return rows


def shown(name: str, value: Any) -> Any:
    if isinstance(value, float):
        places = {"battery_level": 1}.get(name, 2)
        return f"{value:.{places}f}"
    return SHOWN.get(name, value) if isinstance(value, str) else value


async def test_points_with_different_fields_keep_each_its_own(api: Locations) -> None:
    for row, sent in zip(await stored(api, VALUES), VALUES, strict=True):
        assert {name: row[name] for name in sent} == {name: shown(name, value) for name, value in sent.items()}
        assert row["metadata"] == sent.get("metadata", {})
        assert row["note"] == sent.get("note", "")


async def test_points_with_the_same_fields_keep_each_its_own(api: Locations) -> None:
    values = [{"note": text, "metadata": {"text": text}, "speed": n / 100} for n, text in enumerate(TEXTS)]
    for row, sent in zip(await stored(api, values), values, strict=True):
        assert (row["note"], row["metadata"], row["speed"]) == (sent["note"], sent["metadata"], f"{sent['speed']:.2f}")


@pytest.mark.parametrize("value", [41.1234564, 41.1234567, -89.9999999, 90, "41.12345649", 1e-7])
async def test_coordinates_are_rounded_alike_one_by_one_and_in_a_batch(api: Locations, value: float | str) -> None:
    one = await api.make("AG-1", latitude=value)
    batch = [{"agent_code": "AG-2", "latitude": each, "longitude": each} for each in (value, 0.5)]
    assert (await api.batch(batch))["stored"] == 2
    (*_, other) = (await api.get(agent_code="AG-2", ordering="-created_at,-id")).json()["results"]
    assert one["latitude"] == other["latitude"] == other["longitude"] == f"{round(float(value), 6):.6f}"
