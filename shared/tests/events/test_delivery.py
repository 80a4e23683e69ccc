"""From the outbox through the broker into an inbox: nothing is lost, nothing happens twice."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.db.database import Database
from ecatalog.db.pool import JsonBytes, Transaction
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish, publish_again
from ecatalog.events.recovery import replay, retry_dead_letter
from ecatalog.events.relay import Relay
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from nats.js import JetStreamContext
from psycopg import AsyncConnection

from .flow import count_is, effects, running, user, write, write_effect


@pytest.fixture
def relay(dsn: str, broker: Broker) -> Relay:
    return Relay(dsn, broker, "auth")


@pytest.fixture
def consumer(broker: Broker, database: Database) -> Consumer:
    return Consumer(broker, database, f"reader-{uuid4().hex}", {USER_CHANGED: write_effect})


async def new_effects(database: Database, consumer: Consumer, relay: Relay, expected: int) -> list[str]:
    async with running(relay, consumer):
        await until(lambda: count_is(database, expected))
    return await effects(database)


@pytest.mark.parametrize("body", [b"no event", b"{}", b"[]", b'{"type": "ecatalog.auth.user.changed.v1"}'])
async def test_message_that_is_no_event_does_not_stop_the_others(
    database: Database, broker: Broker, relay: Relay, consumer: Consumer, body: bytes
) -> None:
    await broker.ensure_streams("auth")
    await broker.jetstream.publish(f"{USER_CHANGED.subject}.1", body)
    await write(database, 1)
    async with running(relay, consumer):
        await until(lambda: count_is(database, 1))
        await until(lambda: _has_settled_all(broker, consumer))
    assert await effects(database) == ["1"]


async def _has_settled_all(broker: Broker, consumer: Consumer) -> bool:
    info = await broker.jetstream.consumer_info(consumer.stream, consumer.name)
    return (info.num_pending, info.num_ack_pending) == (0, 0)


async def test_committed_events_arrive_in_order(database: Database, relay: Relay, consumer: Consumer) -> None:
    await write(database, *range(200))
    assert await new_effects(database, consumer, relay, 200) == [str(number) for number in range(200)]


async def test_rolled_back_event_is_never_sent(database: Database, relay: Relay, consumer: Consumer) -> None:
    with suppress(RuntimeError):
        async with database.transaction() as connection:
            await publish(connection, USER_CHANGED, user(1), key="lost")
            raise RuntimeError
    await write(database, 2)
    assert await new_effects(database, consumer, relay, 1) == ["2"]


async def test_late_commit_of_an_older_row_is_not_skipped(
    dsn: str, database: Database, relay: Relay, consumer: Consumer
) -> None:
    async with await AsyncConnection.connect(dsn) as early:
        await early.execute(
            "insert into outbox (type, key, data) values (%s, 'early', %s)",
            (USER_CHANGED.name, user(1).model_dump_json()),
        )
        await write(database, 2)
        async with running(relay, consumer):
            await until(lambda: count_is(database, 1))
            await early.commit()
            await until(lambda: count_is(database, 2))
    assert await effects(database) == ["2", "early"]


async def test_relay_that_dies_before_marking_sends_again_and_the_effect_is_single(
    dsn: str, database: Database, broker: Broker, relay: Relay, consumer: Consumer
) -> None:
    await write(database, 1)
    await broker.ensure_streams("auth")
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        connection.adapters.register_loader("json", JsonBytes)
        await relay.publish_batch(connection)
        await connection.execute("update outbox set published_at = null")
    await write(database, 2)
    assert await new_effects(database, consumer, relay, 2) == ["1", "2"]


async def test_replayed_events_are_recognised(database: Database, relay: Relay, consumer: Consumer) -> None:
    await write(database, 1, 2)
    async with running(relay, consumer):
        await until(lambda: count_is(database, 2))
        assert await replay(database) == 2
        await write(database, 3)
        await until(lambda: count_is(database, 3))
    assert await effects(database) == ["1", "2", "3"]


async def test_broker_killed_while_events_flow_loses_none(
    nats_server: NatsServer, database: Database, relay: Relay, consumer: Consumer
) -> None:
    async with running(relay, consumer):
        for start in range(0, 300, 50):
            await write(database, *range(start, start + 50))
            nats_server.kill()
            nats_server.start()
        await until(lambda: count_is(database, 300), 40)
    assert sorted(map(int, await effects(database))) == list(range(300))


async def test_lost_store_is_refilled_by_replay(
    nats_server: NatsServer, database: Database, relay: Relay, consumer: Consumer
) -> None:
    async with running(relay, consumer):
        await write(database, 1)
        await until(lambda: count_is(database, 1))
        nats_server.kill()
        nats_server.wipe()
        nats_server.start()
        await write(database, 2)
        await until(lambda: count_is(database, 2), 40)
    assert await effects(database) == ["1", "2"]


async def test_row_too_large_for_the_broker_becomes_a_dead_letter_and_others_go_on(
    database: Database, relay: Relay, consumer: Consumer
) -> None:
    large = UserChanged(user_id=1, state="active", role="editor", regions=["r" * 600_000])
    async with database.transaction() as connection:
        await publish(connection, USER_CHANGED, large, key="large")
    await write(database, 2)
    assert await new_effects(database, consumer, relay, 1) == ["2"]
    [(origin, error)] = await database.fetch_rows("select origin, error from dead_letter")
    assert (origin, "more than" in error) == ("relay", True)


async def test_handler_that_always_fails_ends_in_dead_letters_while_others_flow(
    monkeypatch: pytest.MonkeyPatch, broker: Broker, database: Database, relay: Relay
) -> None:
    monkeypatch.setattr("ecatalog.events.consumer.MAX_ATTEMPTS", 3)
    told: list[str] = []
    poisonous = {"on": True}

    async def handle(connection: Transaction, event: Event[Any]) -> None:
        if event.subject == "1" and poisonous["on"]:
            raise ValueError("poison")
        await write_effect(connection, event)

    async def on_dead(_: Transaction, event: Event[Any]) -> None:
        told.append(event.subject)

    handlers = {USER_CHANGED: handle}
    consumer = Consumer(broker, database, f"reader-{uuid4().hex}", handlers, on_dead=on_dead)
    await write(database, 1, 2, 3)
    async with running(relay, consumer):
        await until(lambda: told == ["1"])
    assert await effects(database) == ["2", "3"]
    poisonous["on"] = False
    assert await retry_dead_letter(database, 1, handlers)
    assert not await retry_dead_letter(database, 1, handlers)
    assert await effects(database) == ["2", "3", "1"]


async def test_database_away_counts_no_attempt(broker: Broker, database: Database, relay: Relay) -> None:
    failures = iter([psycopg.OperationalError("the database is starting up")])

    async def handle(connection: Transaction, event: Event[Any]) -> None:
        if failure := next(failures, None):
            raise failure
        await write_effect(connection, event)

    consumer = Consumer(broker, database, f"reader-{uuid4().hex}", {USER_CHANGED: handle})
    await write(database, 7)
    assert await new_effects(database, consumer, relay, 1) == ["7"]
    assert await database.fetch_value("select max(attempts) from inbox") == 0


async def test_consumer_that_is_frozen_in_a_transaction_is_made_up_for_and_counts_no_attempt(
    broker: Broker, database: Database, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecatalog.events.consumer.IDLE_SECONDS", 1)
    frozen = asyncio.Event()
    woken = asyncio.Event()

    async def freeze_once(connection: Transaction, event: Event[Any]) -> None:
        if not frozen.is_set():
            frozen.set()
            await woken.wait()
        await write_effect(connection, event)

    consumer = Consumer(broker, database, f"reader-{uuid4().hex}", {USER_CHANGED: freeze_once})
    await write(database, 1)
    async with running(relay, consumer):
        await frozen.wait()
        claimed = "insert into inbox (consumer, event_id) select %s, id from outbox"
        async with asyncio.timeout(20):  # it waits for the row of the frozen one, which is rolled back
            await database.execute(claimed, [consumer.name])
        await database.execute("delete from inbox")
        woken.set()
        await until(lambda: count_is(database, 1))
    assert await database.fetch_value("select attempts from inbox") == 0


async def test_repeated_event_is_told_and_has_its_effect_once(broker: Broker, database: Database, relay: Relay) -> None:
    told: list[str] = []

    async def on_repeated(_: Transaction, event: Event[Any]) -> None:
        told.append(event.subject)

    handlers = {USER_CHANGED: write_effect}
    consumer = Consumer(broker, database, f"reader-{uuid4().hex}", handlers, on_repeated=on_repeated)
    await write(database, 1)
    async with running(relay, consumer):
        await until(lambda: count_is(database, 1))
        message = await broker.jetstream.get_msg(USER_CHANGED.stream, 1)
        await broker.jetstream.publish(str(message.subject), message.data or b"")
        await until(lambda: told == ["1"])
    assert await effects(database) == ["1"]


async def test_event_written_once_is_published_again(database: Database, relay: Relay, consumer: Consumer) -> None:
    event_id = uuid4()
    async with database.transaction() as connection:
        await publish(connection, USER_CHANGED, user(1), key=1, event_id=event_id)
    assert await new_effects(database, consumer, relay, 1) == ["1"]
    async with database.transaction() as connection:
        assert await publish_again(connection, event_id)
        assert not await publish_again(connection, uuid4())
    async with running(relay):
        await until(lambda: _all_published(database))


async def _all_published(database: Database) -> bool:
    return await database.fetch_row("select 1 from outbox where published_at is null") is None


async def test_fetch_that_gives_nothing_does_not_end_the_consumer(
    database: Database, relay: Relay, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = JetStreamContext.PullSubscription.fetch
    empty = 0

    async def fetch(self: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal empty
        empty += 1
        return [] if empty <= 2 else await real(self, *arguments, **named)

    monkeypatch.setattr(JetStreamContext.PullSubscription, "fetch", fetch)
    await write(database, 1)
    assert await new_effects(database, consumer, relay, 1) == ["1"]
    assert empty > 2


async def test_consumer_waits_for_a_database_that_is_away_between_events(
    database: Database, relay: Relay, consumer: Consumer, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr("ecatalog.events.pull_loop.FETCH_SECONDS", 0.1)
    execute_now, away = database.execute, 3

    async def fail_first(*arguments: Any) -> int:
        nonlocal away
        away -= 1
        if away >= 0:
            raise psycopg.OperationalError("terminating connection due to administrator command")
        return await execute_now(*arguments)

    monkeypatch.setattr(database, "execute", fail_first)
    with caplog.at_level("INFO", logger="ecatalog.events.consumer"):
        async with running(relay, consumer):
            await until(lambda: away < 0)
            await write(database, 1)
            await until(lambda: count_is(database, 1))
    waits = [record for record in caplog.records if record.message == "the consumer waits"]
    assert len(waits) >= 3
    assert not any(record.exc_info for record in waits)
