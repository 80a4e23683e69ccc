"""Positions as phones send them, and what the API says of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from deploy.local.demo.api import Api

PATH = "/api/v1/agent-location/"

Point = dict[str, Any]


def track(agent: str, count: int, *, first: int = 0) -> list[Point]:
    """A point each second, the last ones of this minute; two tracks of the same numbers are the same."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    return [
        {
            "agent_code": agent, "latitude": round(41 + number / 1e5, 6), "longitude": 69.2,
            "logged_at": (start + timedelta(seconds=number)).isoformat(),
        }
        for number in range(first, first + count)
    ]  # fmt: skip


def send(api: Api, points: list[Point]) -> httpx.Response:
    return api.http.post(f"{PATH}batch/", json=points)


def latest(api: Api, agent: str) -> Point | None:
    found: list[Point] = api.get(f"{PATH}latest/", agent_code=agent)
    return found[0] if found else None


@contextmanager
def following(api: Api, last_id: str = "", **query: str) -> Iterator["Events"]:
    """The events that ``query`` asks for, through the gateway."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with api.http.stream("GET", f"{PATH}stream/", params=query, headers=headers) as response:
        assert response.status_code == 200
        yield Events(response)


class Events:
    """Moves, one after another; ``last_id`` is what a browser would come back with."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()
        self.last_id = ""

    def connected(self) -> None:
        """Wait until the stream has told where it begins."""
        while not self.last_id:
            self._take(next(self._lines))

    def next(self) -> Point:
        """The next move; raises StopIteration when the stream ends."""
        while True:
            data = self._take(next(self._lines))
            if data:
                move: Point = orjson.loads(data)
                return move

    def _take(self, line: str) -> str:
        name, _, value = line.partition(": ")
        if name == "id":
            self.last_id = value
        return value if name == "data" else ""
