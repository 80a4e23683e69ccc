"""GeoJSON and GPX by `Accept` as well as by `format`, where they are given, and 406 or 404 where they are not."""

import pytest

from .builders import PATH, Locations, at

TRACK, LATEST = "trajectory/?agent_code=AG-1&date=2026-11-20", "latest/?agent_code=AG-1"
JSON, GEOJSON, GPX = "application/json", "application/geo+json", "application/gpx+xml"

GIVEN = [
    (TRACK, GPX, GPX), (TRACK, GEOJSON, GEOJSON), (TRACK, "Application/GPX+XML", GPX), (TRACK, "*/*", JSON),
    (TRACK, f"{GPX}, */*;q=0.1", GPX), (TRACK, f"{GPX}, */*", GPX), (TRACK, "application/*", JSON),
    (TRACK, f"{GPX};q=0.5, {GEOJSON};q=0.9", GEOJSON), (TRACK, f"{JSON}, {GPX};q=0.9", JSON),
    (TRACK, f"{GEOJSON}, {GPX}", GEOJSON), (TRACK, f"{GPX}, {GEOJSON}", GPX), (TRACK, f"{JSON};q=0, {GPX}", GPX),
    (TRACK, "text/html", JSON),
    (f"{TRACK}&format=json", GPX, JSON), (f"{TRACK}&format=gpx", JSON, GPX), (f"{TRACK}&format=geojson", "", GEOJSON),
    (LATEST, GEOJSON, GEOJSON), (LATEST, f"text/html, {GEOJSON}", GEOJSON), (LATEST, "*/*", JSON),
    (f"{LATEST}&format=geojson", JSON, GEOJSON), (f"{LATEST}&format=json", GEOJSON, JSON),
]  # fmt: skip
REFUSED = [
    (LATEST, GPX, 406), ("", GPX, 406), ("", GEOJSON, 406), ("unique-agents/", GEOJSON, 406), ("stream/", GPX, 406),
    ("regional-activity/", f"{GPX}, {GEOJSON}", 406), (TRACK, "image/png", 406), (TRACK, "application/xml", 406),
    (f"{LATEST}&format=gpx", "", 404), ("?format=geojson", "", 404), ("?format=gpx", "*/*", 404),
]  # fmt: skip


@pytest.mark.parametrize(("path", "accept", "kind"), GIVEN)
async def test_form_is_the_one_that_is_asked_for(api: Locations, path: str, accept: str, kind: str) -> None:
    await api.make(logged_at=at("10:00"))
    answer = await api.client.get(PATH + path, headers=api.headers | {"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"], answer.headers["vary"]) == (200, kind, "Accept")


@pytest.mark.parametrize(("path", "accept", "status"), REFUSED)
async def test_form_that_a_route_does_not_give_is_refused(api: Locations, path: str, accept: str, status: int) -> None:
    answer = await api.client.get(PATH + path, headers=api.headers | {"Accept": accept})
    assert answer.status_code == status
