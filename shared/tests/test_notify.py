"""Whoever waits for work hears of it, whenever it came."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db import notify as module
from ecatalog.db.notify import Listener, wait_for
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres

CHANNEL = "work"
_LISTENERS = "select pid from pg_stat_activity where query like 'listen%' and datname = current_database()"


@pytest.fixture(scope="module")
def dsn(postgres: Postgres) -> str:
    return postgres.create_database("bell")


@pytest.fixture
async def bell(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    monkeypatch.setattr(module, "PING_SECONDS", 60.0)  # the connection shows what it did last
    monkeypatch.setattr(module, "RECONNECT_SECONDS", 0.01)
    bell = Listener(CHANNEL)
    connected = bell.next()
    running = asyncio.create_task(bell.run(dsn))
    await asyncio.wait_for(connected.wait(), 10)
    yield bell
    await stop([running])


def notify(dsn: str, topic: str = "") -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select pg_notify(%s, %s)", (CHANNEL, topic))


async def test_notification_wakes_those_who_wait_for_its_topic_and_no_others(bell: Listener, dsn: str) -> None:
    here, there = bell.next("here"), bell.next("there")
    notify(dsn, "here")
    await asyncio.wait_for(here.wait(), 10)
    assert not there.is_set()
    assert not bell.next("here").is_set()


async def test_ring_before_the_waiting_is_not_missed(bell: Listener, dsn: str) -> None:
    ring = bell.next()
    notify(dsn)
    await until(ring.is_set)
    await wait_for(ring, 60)


async def test_nobody_waits_for_ever(bell: Listener) -> None:
    ring = bell.next()
    await wait_for(ring, 0.01)
    assert not ring.is_set()


async def test_lost_connection_is_made_again_and_wakes_all(bell: Listener, dsn: str) -> None:
    here, there = bell.next("here"), bell.next("there")
    with psycopg.connect(dsn, autocommit=True) as connection:
        ((pid,),) = connection.execute(_LISTENERS).fetchall()
        connection.execute("select pg_terminate_backend(%s)", [pid])
    await asyncio.wait_for(asyncio.gather(here.wait(), there.wait()), 10)
    ring = bell.next()
    notify(dsn)
    await asyncio.wait_for(ring.wait(), 10)
