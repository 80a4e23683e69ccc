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
    return postgres.create_database("notify")


@pytest.fixture
async def listener(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    monkeypatch.setattr(module, "PING_SECONDS", 60.0)  # the connection shows what it did last
    monkeypatch.setattr(module, "RECONNECT_SECONDS", 0.01)
    listener = Listener(CHANNEL)
    connected = listener.next()
    running = asyncio.create_task(listener.run(dsn))
    await asyncio.wait_for(connected.wait(), 10)
    yield listener
    await stop([running])


def notify(dsn: str, topic: str = "") -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select pg_notify(%s, %s)", (CHANNEL, topic))


async def test_notification_wakes_those_who_wait_for_its_topic_and_no_others(listener: Listener, dsn: str) -> None:
    here, there = listener.next("here"), listener.next("there")
    notify(dsn, "here")
    await asyncio.wait_for(here.wait(), 10)
    assert not there.is_set()
    assert not listener.next("here").is_set()


async def test_notification_before_the_waiting_is_not_missed(listener: Listener, dsn: str) -> None:
    notified = listener.next()
    notify(dsn)
    await until(notified.is_set)
    await wait_for(notified, 60)


async def test_nobody_waits_for_ever(listener: Listener) -> None:
    notified = listener.next()
    await wait_for(notified, 0.01)
    assert not notified.is_set()


async def test_lost_connection_is_made_again_and_wakes_all(listener: Listener, dsn: str) -> None:
    here, there = listener.next("here"), listener.next("there")
    with psycopg.connect(dsn, autocommit=True) as connection:
        ((pid,),) = connection.execute(_LISTENERS).fetchall()
        connection.execute("select pg_terminate_backend(%s)", [pid])
    await asyncio.wait_for(asyncio.gather(here.wait(), there.wait()), 10)
    notified = listener.next()
    notify(dsn)
    await asyncio.wait_for(notified.wait(), 10)
