"""Events that come together: they share messages, statements and transactions."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from ecatalog.contracts.auth import USER_CHANGED
from ecatalog.db.database import Database
from ecatalog.db.pool import JsonBytes, Transaction
from ecatalog.db.sql import execute
from ecatalog.events import relay as relay_module
from ecatalog.events.broker import Broker, message_headers
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event, encode
from ecatalog.events.relay import OutboxRow, Relay
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from psycopg import AsyncConnection

from .flow import count_is, effects, running, user, write, write_effect


@pytest.fixture
def relay(dsn: str, broker: Broker) -> Relay:
    return Relay(dsn, broker, "auth")


async def test_event_that_comes_several_times_at_once_has_its_effect_once(broker: Broker, database: Database) -> None:
    repeated = []

    async def count(_: Transaction, event: Event[Any]) -> None:
        repeated.append(event.subject)

    body = encode(
        USER_CHANGED, event_id=uuid4(), key="1", sequence=1, time=datetime.now(UTC),
        data=user(1).model_dump_json().encode(), request_id="", traceparent="",
    )  # fmt: skip
    await broker.ensure_streams("auth")
    for copy in range(3):
        await broker.jetstream.publish(USER_CHANGED.subject, body, headers=message_headers(copy))
    handlers = {USER_CHANGED: write_effect}
    async with running(Consumer(broker, database, f"reader-{uuid4().hex}", handlers, on_repeated=count)):
        await until(lambda: count_is(database, 1))
        await until(lambda: len(repeated) == 2)
    assert await effects(database) == ["1"]


async def test_events_that_do_not_concern_a_reader_leave_no_trace(
    broker: Broker, database: Database, relay: Relay
) -> None:
    async def odd(_: Database, events: Sequence[Event[Any]]) -> set[UUID]:
        return {event.id for event in events if int(event.subject) % 2}

    name = f"reader-{uuid4().hex}"
    await write(database, *range(9))
    async with running(relay, Consumer(broker, database, name, {USER_CHANGED: write_effect}, choose=odd)):
        await until(lambda: count_is(database, 4))
        await write(database, 10)
        await write(database, 11)
        await until(lambda: count_is(database, 5))
    assert await effects(database) == ["1", "3", "5", "7", "11"]
    assert await database.fetch_value("select count(*) from inbox where consumer = %(name)s", {"name": name}) == 5


async def test_first_event_is_sent_at_once_and_those_right_behind_it_together(
    dsn: str, broker: Broker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "PACE_SECONDS", 2.0)
    sent = "select count(published_at), count(distinct published_at) from outbox"
    async with running(Relay(dsn, broker, "auth")):
        await write(database, 1)
        await until(lambda: _is(database, sent, (1, 1)))
        for number in range(2, 5):
            await write(database, number)
        await until(lambda: _is(database, sent, (4, 2)))


async def _is(database: Database, question: str, answer: tuple[Any, ...]) -> bool:
    return await database.fetch_row(question) == answer


async def test_events_that_come_together_share_a_transaction_and_a_bad_one_none(
    dsn: str, database: Database, relay: Relay, broker: Broker
) -> None:
    noted = "insert into effect (what) values (pg_current_xact_id()::text || ' ' || %(what)s)"

    async def handle(connection: Transaction, event: Event[Any]) -> None:
        if event.subject == "19":
            raise RuntimeError("poison")
        await execute(connection, noted, {"what": event.subject})

    await write(database, *range(20))
    await broker.ensure_streams("auth")
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        connection.adapters.register_loader("json", JsonBytes)
        await relay.publish_batch(connection)
    consumer = Consumer(broker, database, f"reader-{uuid4().hex}", {USER_CHANGED: handle}, batch=10)
    async with running(consumer):
        await until(lambda: count_is(database, 19))
    transactions, numbers = zip(*(what.split() for what in await effects(database)), strict=True)
    assert list(numbers) == [str(number) for number in range(19)]
    assert len(set(transactions[:10])) == 1
    assert len(set(transactions[10:])) == 9


async def test_batch_that_a_broker_confirmed_before_it_lost_its_store_is_sent_again(
    dsn: str, broker: Broker, database: Database, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, confirmed = Relay(dsn, broker, "auth"), asyncio.Event()
    send = relay._send

    async def send_while_the_broker_fails(row: OutboxRow) -> None:
        if row.key == "1":
            await send(row)
            confirmed.set()
            return
        await confirmed.wait()
        nats_server.kill()
        await until(lambda: not broker.connected)
        nats_server.wipe()
        nats_server.start()
        await until(lambda: broker.connected)
        raise TimeoutError

    monkeypatch.setattr(relay, "_send", send_while_the_broker_fails)
    await broker.ensure_streams("auth")
    await write(database, 1, 2)
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        connection.adapters.register_loader("json", JsonBytes)
        assert await relay.publish_batch(connection) == 2
    assert await database.fetch_value("select count(*) from outbox where published_at is null") == 2
