"""Fixes that cannot be meant: stored, marked, and never where an agent is while it has another."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import orjson
import psycopg
import pytest
from fastapi import FastAPI
from location.positions.publishing import Publisher
from location.settings import LocationSettings

from ..builders import Locations, Row

WEEKS = timedelta(weeks=1024)


def now(shift: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + shift).isoformat()


def at_last(fields: Row) -> Row:
    """The fields with the time that is meant when they are sent, however long ago the tests were collected."""
    shift = fields.get("logged_at")
    return fields | {"logged_at": now(shift)} if isinstance(shift, timedelta) else fields


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


SUSPECTS: list[tuple[Row, str]] = [
    ({"logged_at": minutes(30)}, "future_time"),
    ({"logged_at": timedelta(days=400)}, "future_time"),
    ({"latitude": 0, "longitude": 0, "accuracy": 0}, "zero_coordinates"),
    ({"latitude": 0.0000004, "longitude": "-0.0001", "accuracy": 5, "logged_at": minutes(-1)}, "zero_coordinates"),
    ({"logged_at": "1970-01-01T00:00:00Z"}, "reset_clock"),
    ({"logged_at": "1980-01-06T10:00:00Z"}, "reset_clock"),
    ({"logged_at": "1999-08-22T00:00:00Z"}, "reset_clock"),
    ({"logged_at": "2019-04-06T23:59:42Z"}, "reset_clock"),
    ({"logged_at": "2019-04-07T12:00:00Z"}, "reset_clock"),
    ({"logged_at": -WEEKS}, "week_rollover"),
    ({"logged_at": -WEEKS - timedelta(days=20)}, "week_rollover"),
    ({"logged_at": -WEEKS * 2}, "week_rollover"),
]
PLAUSIBLE: list[Row] = [
    {"logged_at": minutes(9)}, {"logged_at": timedelta(days=-700)}, {"logged_at": "2019-04-08T00:00:00Z"},
    {"latitude": 0, "longitude": 69}, {"latitude": 51.477928, "longitude": 0, "accuracy": 0}, {"accuracy": 0},
    {"latitude": 0.002, "longitude": 0},
]  # fmt: skip


def point(**fields: Any) -> Row:
    return {"agent_code": "AG-1", "latitude": 41.3, "longitude": 69.2} | fields


async def current(api: Locations) -> Row | None:
    rows: list[Row] = (await api.get("latest/")).json()
    return rows[0] if rows else None


@pytest.mark.parametrize(("fields", "reason"), SUSPECTS)
@pytest.mark.parametrize("way", ["one", "batch", "changed"])
async def test_suspect_is_stored_and_marked_and_gives_way(api: Locations, fields: Row, reason: str, way: str) -> None:
    fields = at_last(fields)
    good = await api.make(logged_at=now(minutes(-5)))
    if way == "one":
        row = await api.make(**fields)
    elif way == "batch":
        assert (await api.batch([point(**fields), point(logged_at=now(minutes(-9)))]))["stored"] == 2
        (row,) = [one for one in (await api.get()).json()["results"] if one["is_suspect"]]
    else:
        other = await api.make(logged_at=now(minutes(-4)))
        row = (await api.patch(other["id"], **fields)).json()
    assert (row["is_suspect"], row["suspect_reason"]) == (True, reason)
    assert list(row)[-2:] == ["is_suspect", "suspect_reason"]
    seen = await current(api)
    assert seen is not None
    assert (seen["id"], seen["is_suspect"], seen["suspect_reason"]) == (good["id"], False, None)


@pytest.mark.parametrize("fields", PLAUSIBLE)
async def test_what_may_be_meant_is_not_marked(api: Locations, fields: Row) -> None:
    row = await api.make(**at_last(fields))
    assert (row["is_suspect"], row["suspect_reason"]) == (False, None)
    assert await current(api) is not None


@pytest.mark.parametrize("together", [True, False])
async def test_good_fix_is_current_in_whatever_order_they_come(api: Locations, together: bool) -> None:
    points = [
        point(latitude=1, logged_at=now(minutes(-30))), point(latitude=2, logged_at=now(minutes(-20))),
        point(latitude=0, longitude=0, logged_at=now(minutes(-10))), point(latitude=4, logged_at=now(minutes(60))),
    ]  # fmt: skip
    for number, order in enumerate(permutations(points)):
        sent = [each | {"agent_code": f"AG-{number:02}"} for each in order]
        for batch in [sent] if together else [[each] for each in sent]:
            assert (await api.batch(batch))["stored"] == len(batch)
    rows: list[Row] = (await api.get("latest/")).json()
    assert [row["latitude"] for row in rows] == ["2.000000"] * 24


async def test_suspect_is_shown_and_marked_while_there_is_no_other(api: Locations, app: FastAPI) -> None:
    publisher = Publisher(app.state.database)
    zero = await api.make(latitude=0, longitude=0, agent_name="Ali")
    assert await publisher.publish() == 1
    seen = await current(api)
    assert seen is not None
    assert (seen["id"], seen["is_suspect"], seen["suspect_reason"]) == (zero["id"], True, "zero_coordinates")
    good = await api.make(logged_at=now(timedelta(days=-3)))
    assert await publisher.publish() == 1
    await api.make(latitude=0, longitude=0)
    assert await publisher.publish() == 0
    told = await app.state.database.fetch_rows("select data::text from outbox order by id")
    moves = [orjson.loads(data) for (data,) in told]
    assert [(move["point_id"], move["is_suspect"], move["suspect_reason"]) for move in moves] == [
        (zero["id"], True, "zero_coordinates"), (good["id"], False, None),
    ]  # fmt: skip


async def test_deleted_good_fix_leaves_the_best_of_the_others(api: Locations) -> None:
    zero = await api.make(latitude=0, longitude=0, logged_at=now(minutes(-1)))
    older = await api.make(logged_at=now(minutes(-50)))
    newer = await api.make(logged_at=now(minutes(-40)))
    for gone, left in ((newer, older), (older, zero)):
        await api.delete(gone["id"])
        seen = await current(api)
        assert seen is not None
        assert seen["id"] == left["id"]


async def test_fix_from_the_future_is_current_when_its_time_has_come(
    api: Locations, app: FastAPI, settings: LocationSettings
) -> None:
    publisher = Publisher(app.state.database)
    now_there = await api.make(logged_at=now(minutes(-5)))
    ahead = await api.make(logged_at=now(minutes(60)), latitude=2)
    later = await api.make(logged_at=now(minutes(120)), latitude=3)
    assert await publisher.publish() == 1
    for expected in (now_there, ahead, later):
        await publisher.renew_and_publish()
        seen = await current(api)
        assert seen is not None
        assert seen["id"] == expected["id"]
        _pass(settings, minutes(61))
    with psycopg.connect(settings.dsn) as connection:
        assert connection.execute("select next_at from agent_position").fetchall() == [(None,)]
    assert (await api.get(f"{later['id']}/")).json()["is_suspect"] is True


async def test_change_moves_the_time_at_which_a_fix_is_due(
    api: Locations, app: FastAPI, settings: LocationSettings
) -> None:
    await api.make(logged_at=now(minutes(-5)))
    ahead = await api.make(logged_at=now(minutes(60)))
    await api.patch(ahead["id"], logged_at=now(minutes(30)))
    _pass(settings, minutes(31))
    await Publisher(app.state.database).renew_and_publish()
    seen = await current(api)
    assert seen is not None
    assert seen["id"] == ahead["id"]


async def test_fix_is_told_when_its_time_has_come(api: Locations, app: FastAPI, settings: LocationSettings) -> None:
    publisher = Publisher(app.state.database)
    await api.make(logged_at=now(minutes(60)), latitude=2)
    assert await publisher.renew_and_publish() == 0
    assert await current(api) is None
    _pass(settings, minutes(61))
    assert await publisher.renew_and_publish() == 1
    assert await publisher.renew_and_publish() == 0


def _pass(settings: LocationSettings, time: timedelta) -> None:
    """Let time go by: all that is stored grows older."""
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(
            "update location_point set fixed_at = fixed_at - %(time)s, created_at = created_at - %(time)s",
            {"time": time},
        )
        connection.execute(
            "update agent_position set fixed_at = fixed_at - %(time)s, next_at = next_at - %(time)s", {"time": time}
        )
