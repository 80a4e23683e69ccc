"""Work that nobody waits for any more is given up, and too long days are refused."""

import asyncio
from collections.abc import MutableMapping
from datetime import UTC, datetime
from threading import Event
from typing import Any

import orjson
import psycopg
import pytest
from ecatalog.testing.client import until
from location.settings import LocationSettings
from location.tracks import service
from location.tracks.summary import Summary
from location.tracks.working import AT_ONCE, GivenUp, while_awaited
from starlette.requests import Request

from ..builders import Locations, at


class Client:
    """Somebody who waits for an answer, until they go."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self._asked = False
        self.request = Request({"type": "http", "method": "GET", "path": "/", "headers": []}, self._receive)

    async def _receive(self) -> MutableMapping[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}


async def test_work_is_told_that_the_client_has_gone() -> None:
    client, began, ended = Client(), Event(), Event()

    def work(gone: Event) -> None:
        began.set()
        if gone.wait(20):
            ended.set()

    waiting = asyncio.create_task(while_awaited(client.request, work))
    await until(began.is_set)
    client.gone.set()
    with pytest.raises(GivenUp):
        await waiting
    await until(ended.is_set)


async def test_little_is_worked_on_at_once_and_the_loop_goes_on() -> None:
    under_way: list[int] = []
    go_on = Event()

    def work(_: Event) -> int:
        under_way.append(1)
        go_on.wait(20)
        return len(under_way)

    waiting = [asyncio.create_task(while_awaited(Client().request, work)) for _ in range(3 * AT_ONCE)]
    await until(lambda: len(under_way) == AT_ONCE)
    await asyncio.sleep(0.1)  # time in which more would begin
    assert len(under_way) == AT_ONCE
    go_on.set()
    assert max(await asyncio.gather(*waiting)) == len(waiting)


def test_summary_ends_between_two_steps() -> None:
    points = [{"lat": 1, "lng": 1, "time": datetime.now(UTC).isoformat()}]
    day = orjson.dumps({"agent_code": "A", "date": "2026-11-20", "points": points})
    gone = Event()
    summary = Summary(day, 0, gone)
    gone.set()
    with pytest.raises(GivenUp):
        Summary(day, 0, gone)
    with pytest.raises(GivenUp):
        summary.render("gpx")


_FILL = """
    insert into location_point (fixed_at, created_at, updated_at, agent_code, latitude, longitude)
    select %(start)s::timestamptz + number * interval '800 milliseconds', now(), now(), 'AG-1', 41.3, 69.2
      from generate_series(1, %(count)s::int) number
"""


async def test_day_of_as_many_points_as_may_be_is_told_and_a_longer_one_is_refused(
    api: Locations, settings: LocationSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_POINTS", 2000)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(_FILL, {"start": at("00:00:00"), "count": service.MAX_POINTS})
        day = {"agent_code": "AG-1", "date": "2026-11-20"}
        told = (await api.get("trajectory/", **day, summary="true", simplify="5")).json()
        assert (told["points_count"], len(told["stops"])) == (2, 1)
        connection.execute(_FILL, {"start": at("23:59:00"), "count": 1})
    for query in ({}, {"summary": "true"}, {"format": "gpx"}):
        refused = await api.get("trajectory/", **day, **query)
        assert (refused.status_code, refused.json()) == (400, {"date": [service.TOO_MANY]})
