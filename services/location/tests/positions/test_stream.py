"""Following positions: by real events from the outbox over the broker to a client that reads HTTP."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from ecatalog.contracts.auth import SessionRevoked
from ecatalog.contracts.location import AGENT_MOVED
from ecatalog.core.errors import Forbidden
from ecatalog.events.broker import Broker
from ecatalog.security.permissions import Principal
from ecatalog.security.revocations import Revocations, SequencedUser
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.ports import free_port
from ecatalog.testing.tokens import TokenFactory
from fastapi import FastAPI
from location.main import create
from location.positions import hub as hub_module
from location.positions.publishing import Publisher
from location.positions.stream import follow
from location.settings import LocationSettings
from location.worker import create as create_worker
from nats.js import JetStreamContext

from ..builders import Locations, Row

PATH = "/api/v1/agent-location/stream/"


@pytest.fixture
async def worker(settings: LocationSettings, nats_server: NatsServer) -> AsyncIterator[None]:
    """The worker, on streams of its own."""
    async with create_worker(settings).working():
        yield
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    await broker.jetstream.purge_stream(AGENT_MOVED.stream)
    await broker.close()


@pytest.fixture(scope="module")
async def served(settings: LocationSettings) -> AsyncIterator[FastAPI]:
    """An api that speaks HTTP on a port, for answers that never end."""
    app = create(settings)
    config = uvicorn.Config(app, port=free_port(), log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    app.state.url = f"http://127.0.0.1:{config.port}"
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started and app.state.authenticator.verifier.keys.ready)
    yield app
    server.should_exit = True
    await serving


class Follower:
    """Reads events as a browser does: it knows the last id, and hands on each event that has data."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.last_id = ""

    async def next(self) -> tuple[str, Row]:
        event: dict[str, str] = {}
        async with asyncio.timeout(20):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name:
                    event[name] = value
                elif "data" in event:
                    return event["event"], orjson.loads(event["data"])
                else:
                    event = {}
        raise AssertionError("the stream ended")

    async def latitudes(self, count: int) -> list[str]:
        return [(await self.next())[1]["latitude"][:2] for _ in range(count)]


@asynccontextmanager
async def following(app: FastAPI, headers: dict[str, str], last_id: str = "", **query: Any) -> AsyncIterator[Follower]:
    await until(lambda: app.state.hub.last is not None)
    resumed = {"Last-Event-ID": last_id} if last_id else {}
    async with (
        httpx.AsyncClient(base_url=app.state.url) as client,
        client.stream("GET", PATH, params=query, headers=headers | resumed) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        follower = Follower(response)
        yield follower


async def sent(app: FastAPI, move: Any) -> int:
    """Make a move and wait until it was heard; its sequence."""
    before = app.state.hub.last
    await move
    await until(lambda: app.state.hub.last > before)
    return int(app.state.hub.last)


@pytest.mark.usefixtures("worker")
async def test_moves_reach_followers_and_those_who_come_back_miss_none(api: Locations, served: FastAPI) -> None:
    await until(lambda: served.state.hub.last is not None)
    async with following(served, api.headers) as follower:
        await api.make(latitude=10, region="R1")
        event, data = await follower.next()
        assert (event, data["agent_code"], data["latitude"], data["region"]) == ("move", "AG-1", "10.000000", "R1")
        last_id = follower.last_id
    for latitude in (11, 12, 13):
        await sent(served, api.make(latitude=latitude))
    async with following(served, api.headers, last_id) as follower:
        assert await follower.latitudes(3) == ["11", "12", "13"]
        await api.make(latitude=14)
        assert await follower.latitudes(1) == ["14"]


@pytest.mark.usefixtures("worker")
async def test_what_is_no_longer_remembered_is_read_from_the_broker(
    api: Locations, served: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until(lambda: served.state.hub.last is not None)
    monkeypatch.setattr(hub_module, "KEPT", 2)
    start = served.state.hub.last
    for latitude in range(20, 26):
        await sent(served, api.make(latitude=latitude))
    assert not served.state.hub.remembers(start)
    async with following(served, api.headers, str(start)) as follower:
        assert await follower.latitudes(6) == ["20", "21", "22", "23", "24", "25"]


@pytest.mark.usefixtures("worker")
async def test_follower_gets_what_it_chose_and_an_agent_only_itself(
    api: Locations, served: FastAPI, tokens: TokenFactory
) -> None:
    await until(lambda: served.state.hub.last is not None)
    start = str(served.state.hub.last)
    await sent(served, api.make("AG-1", latitude=30, region="R1"))
    await sent(served, api.make("AG-2", latitude=31, region="R2"))
    own = tokens.headers(7, "agent", agent_code="AG-2")
    for headers, query in [(api.headers, {"region": "R2"}), (api.headers, {"bbox": "60,30.5,70,32"}), (own, {})]:
        async with following(served, headers, start, **query) as follower:
            assert await follower.latitudes(1) == ["31"], query


@pytest.mark.usefixtures("worker")
async def test_position_that_the_broker_lost_is_told(api: Locations, served: FastAPI) -> None:
    await until(lambda: served.state.hub.last is not None)
    async with following(served, api.headers, "99999999") as follower:
        assert await follower.next() == ("reset", {})


async def test_many_points_of_an_agent_are_published_once_and_late_ones_never(api: Locations, app: FastAPI) -> None:
    publisher = Publisher(app.state.database)
    batch = [{"agent_code": f"AG-{n % 2}", "latitude": n, "longitude": 1} for n in range(10)]
    await api.batch([point | {"logged_at": f"2026-11-20T10:00:0{point['latitude']}"} for point in batch])
    assert await publisher.publish() == 2
    await api.make("AG-0", logged_at="2026-11-20T09:00:00")
    assert await publisher.publish() == 0
    rows = await app.state.database.fetch_rows("select key, suffix, data::text from outbox order by key")
    assert [(key, orjson.loads(data)["latitude"]) for key, _, data in rows] == [
        ("AG-0", "8.000000"), ("AG-1", "9.000000"),
    ]  # fmt: skip


def changed(user_id: int, **rights: Any) -> SequencedUser:
    state: dict[str, Any] = {"state": "active", "role": "editor", "regions": [], "agent_code": None, "valid_from": 0}
    return SequencedUser.model_validate(state | {"user_id": user_id, "sequence": 1} | rights)


TAKEN: dict[str, Callable[[Revocations], None]] = {
    "made a reader": lambda known: known.apply_user(changed(101, role="reader")),
    "made an agent without a code": lambda known: known.apply_user(changed(102, role="agent")),
    "inactive": lambda known: known.apply_user(changed(103, state="inactive")),
    "deleted": lambda known: known.apply_user(changed(104, state="deleted")),
    "signed out everywhere": lambda known: known.apply_user(changed(105, valid_from=int(time.time()) + 60)),
    "session ended": lambda known: known.apply_session(
        SessionRevoked(sid="one", user_id=106, until=int(time.time()) + 600)
    ),
}


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("number", "how"), list(enumerate(TAKEN)))
async def test_follower_whose_right_was_taken_sees_nothing_more(
    api: Locations, served: FastAPI, tokens: TokenFactory, number: int, how: str
) -> None:
    sid = {"sid": "one"} if how == "session ended" else {}
    async with following(served, tokens.headers(101 + number, "editor", **sid)) as follower:
        await api.make(latitude=40)
        assert await follower.latitudes(1) == ["40"]
        TAKEN[how](served.state.authenticator.revocations)
        await sent(served, api.make(latitude=41))
        if how == "made an agent without a code":  # who may watch, but nobody
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.5):
                    await follower.next()
        else:
            async with asyncio.timeout(1.5):
                with pytest.raises(AssertionError, match="the stream ended"):
                    await follower.next()


@pytest.mark.usefixtures("worker")
async def test_silent_stream_ends_within_a_second_after_its_right_was_taken(
    served: FastAPI, tokens: TokenFactory
) -> None:
    async with following(served, tokens.headers(120, "editor")) as follower:
        served.state.authenticator.revocations.apply_user(changed(120, role="reader"))
        async with asyncio.timeout(1):
            with pytest.raises(AssertionError, match="the stream ended"):
                await follower.next()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("user_id", "role", "code"), [(121, "editor", None), (122, "agent", "AG-1")])
async def test_follower_sees_what_its_rights_are_now(
    api: Locations, served: FastAPI, tokens: TokenFactory, user_id: int, role: Any, code: str | None
) -> None:
    async with following(served, tokens.headers(user_id, role, agent_code=code)) as follower:
        await api.make("AG-1", latitude=50)
        assert await follower.latitudes(1) == ["50"]
        served.state.authenticator.revocations.apply_user(changed(user_id, role="agent", agent_code="AG-2"))
        await sent(served, api.make("AG-1", latitude=51))
        await sent(served, api.make("AG-2", latitude=52))
        assert await follower.latitudes(1) == ["52"]


@pytest.mark.usefixtures("worker")
async def test_right_is_asked_for_before_each_piece_of_what_was_missed(
    api: Locations, served: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until(lambda: served.state.hub.last is not None)
    monkeypatch.setattr(hub_module, "KEPT", 1)
    monkeypatch.setattr(hub_module, "BATCH", 1)
    start = served.state.hub.last
    for latitude in range(60, 64):
        await sent(served, api.make(latitude=latitude))
    asked = 0

    async def allowed() -> Principal:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise Forbidden
        return Principal(1, "editor", (), None, "sid")

    told = [event async for event in follow(served.state.hub, start, lambda _: True, allowed)]
    assert [event.count(b"event: move") for event in told] == [0, 1, 1]


@pytest.mark.usefixtures("worker")
async def test_fetch_that_gives_nothing_ends_no_reader(
    api: Locations, served: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await until(lambda: served.state.hub.last is not None)
    real = JetStreamContext.PullSubscription.fetch
    subscriptions: list[Any] = []

    async def fetch(self: Any, *arguments: Any, **named: Any) -> Any:
        if self not in subscriptions:
            subscriptions.append(self)
            return []
        return await real(self, *arguments, **named)

    monkeypatch.setattr(JetStreamContext.PullSubscription, "fetch", fetch)
    for latitude in (70, 71, 72):
        await sent(served, api.make(latitude=latitude))
    assert AGENT_MOVED.stream in {one._stream for one in subscriptions}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("worker")
async def test_fetch_that_gives_nothing_is_one_in_which_nothing_came(
    served: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: Any, **__: Any) -> list[Any]:
        return []

    hub = served.state.hub
    await until(lambda: hub.last is not None)
    monkeypatch.setattr(JetStreamContext.PullSubscription, "fetch", nothing)
    monkeypatch.setattr(hub, "remembers", lambda _: False)
    with pytest.raises(TimeoutError):
        await anext(hub.replay(hub.last))
