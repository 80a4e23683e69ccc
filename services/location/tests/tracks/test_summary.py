"""A day with distance, stops and jumps, as JSON, GeoJSON and GPX."""

from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from ..builders import Locations, Row, at

DAY = {"agent_code": "AG-1", "date": "2026-11-20"}
GPX = "{http://www.topografix.com/GPX/1/1}"


def point(minute: int, longitude: float) -> Row:
    return {"agent_code": "AG-1", "latitude": 41.0, "longitude": longitude, "logged_at": at(f"10:{minute:02}:00")}


async def day(api: Locations, **query: Any) -> httpx.Response:
    """East for three minutes, a stay of six, a jump to the sea, and on."""
    points = [point(n, 69 + n * 0.005) for n in range(4)] + [point(n, 69.0151) for n in range(4, 10)]
    points += [point(10, 0.0), *(point(n, 68.97 + n * 0.005) for n in range(11, 14))]
    assert (await api.batch(points))["stored"] == 14
    return await api.get("trajectory/", **DAY, **query)


async def test_summary_tells_distance_stops_and_jumps(api: Locations) -> None:
    body = (await day(api, summary="true")).json()
    assert (body["points_count"], len(body["points"])) == (13, 13)
    assert [(jump["lng"], jump["jump"]) for jump in body["jumps"]] == [(0, True)]
    (stop,) = body["stops"]
    assert (stop["from"], stop["duration"]) == ("2026-11-20T05:03:00.000000+00:00", 360)
    assert 2900 < body["distance"] < 3000
    assert 180 <= body["moving_time"] <= 480


async def test_recorded_day_keeps_its_shape_and_every_point(api: Locations) -> None:
    body = (await day(api)).json()
    assert list(body) == ["agent_code", "date", "points_count", "points", "visits"]
    assert len(body["points"]) == body["points_count"] == 14


async def test_simplified_day_needs_fewer_points(api: Locations) -> None:
    body = (await day(api, simplify="20")).json()
    assert body["points_count"] == len(body["points"]) == 2
    assert body["distance"] > 2900


async def test_geojson_holds_the_line_the_stop_and_the_jump(api: Locations) -> None:
    answer = await day(api, format="geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    track, stop, jump = answer.json()["features"]
    assert (track["geometry"]["type"], len(track["geometry"]["coordinates"])) == ("LineString", 13)
    assert track["geometry"]["coordinates"][0] == [69, 41]
    assert (stop["properties"]["kind"], jump["properties"]["kind"]) == ("stop", "jump")


async def test_gpx_can_be_read(api: Locations) -> None:
    answer = await day(api, format="gpx")
    assert answer.headers["content-type"] == "application/gpx+xml"
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - our own answer
    points = root.findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    assert (len(points), points[0].attrib) == (13, {"lat": "41.0", "lon": "69.0"})
    assert points[0].findtext(f"{GPX}time") == "2026-11-20T05:00:00.000000Z"
    assert len(root.findall(f"{GPX}wpt")) == 1


async def test_empty_day_has_every_form(api: Locations) -> None:
    for form in ("json", "geojson", "gpx"):
        empty = await api.get("trajectory/", agent_code="A<&\x01", date="2026-11-20", format=form, summary="true")
        assert empty.status_code == 200


@pytest.mark.parametrize("raw", ["x", "-1", "NaN", "1e9"])
async def test_unreadable_tolerance_is_refused(api: Locations, raw: str) -> None:
    refused = await api.get("trajectory/", **DAY, simplify=raw)
    assert (refused.status_code, list(refused.json())) == (400, ["simplify"])
