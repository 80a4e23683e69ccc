"""Erasing an agent: nothing of it is left, here or at the broker, and others keep everything."""

from typing import Any

import psycopg
import pytest
from ecatalog.contracts.location import AGENT_MOVED
from ecatalog.db.sql import Ident, compose
from ecatalog.events.broker import Broker
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from fastapi import FastAPI
from location import erasing
from location.positions.publishing import subject_of
from location.settings import LocationSettings
from location.worker import create

from .builders import Locations

_AGENTS = "select agent_code from {table}"
TABLES = ("location_point", "location_seen", "agent_position", "agent_day")


def agents(settings: LocationSettings) -> dict[str, set[Any]]:
    with psycopg.connect(settings.dsn) as connection:
        return {
            table: {code for (code,) in connection.execute(compose(_AGENTS, table=Ident(table)).encode())}
            for table in TABLES
        } | {"outbox": {key for (key,) in connection.execute("select key from outbox")}}


async def test_nothing_of_an_erased_agent_is_left(
    api: Locations, app: FastAPI, settings: LocationSettings, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "RELAYED_SECONDS", 0.1)
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    await broker.ensure_streams(AGENT_MOVED.service)

    async def subjects() -> set[str]:
        info = await broker.jetstream.stream_info(AGENT_MOVED.stream, subjects_filter=f"{AGENT_MOVED.subject}.>")
        return set(info.state.subjects or {})

    both = {subject_of("A 1"), subject_of("B.*")}
    async with create(settings).working():
        for number, code in enumerate(["A 1", "B.*"]):
            await api.make(code, region="R", id=f"00000000-0000-7000-8000-00000000000{number}")
            await api.make(code)

        async def published() -> bool:
            return both <= await subjects()

        await until(published)
        assert await erasing.erase(app.state.database, broker, "A 1") == 2
        assert await subjects() & both == {subject_of("B.*")}
    assert agents(settings) == {table: {"B.*"} for table in (*TABLES, "outbox")}
    await broker.jetstream.purge_stream(AGENT_MOVED.stream)
    await broker.close()
