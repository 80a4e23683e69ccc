"""What an administrator does after a loss: send again, and give dead letters another chance."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from ecatalog.contracts.auth import KEYS_ROTATED, USER_CHANGED, KeysRotated, UserChanged
from ecatalog.contracts.base import EventType
from ecatalog.contracts.integration import CHUNK_READY, ChunkReady
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish
from ecatalog.events.recovery import NotKept, dead_letters, replay, send_dead_letter
from ecatalog.events.relay import Relay
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer

CHUNK = ChunkReady(task_id=uuid4(), chunk=0, project_id=1, sync_type="clients", rows=[])


async def write(database: Database, kind: EventType[Any], data: Any, key: str) -> None:
    async with database.transaction() as connection:
        await publish(connection, kind, data, key=key)


async def write_user(database: Database, number: int) -> None:
    user = UserChanged(user_id=number, state="active", role="editor", regions=[])
    await write(database, USER_CHANGED, user, str(number))


async def waiting(database: Database) -> list[str]:
    rows = await database.fetch_rows("select key from outbox where published_at is null order by seq")
    return [key for (key,) in rows]


async def all_published(database: Database) -> bool:
    return not await waiting(database)


async def test_events_that_nobody_read_before_the_store_was_lost_arrive_after_a_replay(
    nats_server: NatsServer, database: Database, broker: Broker, dsn: str
) -> None:
    seen: list[tuple[str, int]] = []

    async def note(_: Transaction, event: Event[Any]) -> None:
        seen.append((event.subject, event.sequence))

    relaying = asyncio.create_task(Relay(dsn, broker, "auth").run())
    try:
        for number in (1, 2):
            await write_user(database, number)
        await until(lambda: all_published(database))
        sequences = await database.fetch_rows("select key, seq from outbox order by seq")
        nats_server.kill()
        nats_server.wipe()
        nats_server.start()
        consumer = Consumer(broker, database, f"reader-{uuid4().hex}", {USER_CHANGED: note})
        reading = asyncio.create_task(consumer.run())
        try:  # nothing is published meanwhile: the relay makes the streams anew by itself
            await until(lambda: _exists(broker, consumer))
            assert seen == []
            assert await replay(database) == 2
            await until(lambda: len(seen) == 2)
        finally:
            await stop([reading])
        assert seen == sequences
    finally:
        await stop([relaying])


async def _exists(broker: Broker, consumer: Consumer) -> bool:
    try:
        await broker.jetstream.consumer_info(consumer.stream, consumer.name)
    except Exception:  # the broker is away, has no stream or no consumer: not yet
        return False
    return True


@pytest.fixture
async def published(database: Database) -> Database:
    """An old user, a new user, keys and a chunk, all published."""
    for number in (1, 2):
        await write_user(database, number)
    await write(database, KEYS_ROTATED, KeysRotated(kids=[]), "keys")
    await write(database, CHUNK_READY, CHUNK, "chunk")
    async with database.transaction() as connection:
        await execute(connection, "update outbox set published_at = now()")
        await execute(connection, "update outbox set created_at = now() - interval '2 days' where key = '1'")
    return database


async def test_commands_are_never_replayed(published: Database) -> None:
    assert await replay(published) == 3
    assert await waiting(published) == ["1", "2", "keys"]


async def test_replay_takes_only_the_types_and_the_time_asked_for(published: Database) -> None:
    assert await replay(published, datetime.now(UTC) - timedelta(hours=1), [USER_CHANGED.name]) == 1
    assert await waiting(published) == ["2"]


async def test_replay_goes_through_a_large_outbox_in_batches(
    published: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecatalog.events.recovery.AT_ONCE", 2)
    assert await replay(published) == 3
    batches = await published.fetch_rows(
        "select count(*) from outbox where published_at is null group by xmin order by min(seq)"
    )
    assert batches == [(2,), (1,)]


async def test_refused_event_is_sent_again_as_long_as_the_outbox_keeps_it(published: Database) -> None:
    async with published.transaction() as connection:
        await execute(
            connection,
            "insert into dead_letter (origin, event_id, type, body, error)"
            " select 'relay', id, type, '', 'too large' from outbox where key in ('1', '2') order by seq",
        )
        await execute(connection, "delete from outbox where key = '2'")
    first, second = await dead_letters(published)
    assert (first.error, first.attempts) == ("too large", 0)
    assert await send_dead_letter(published, first.id)
    assert not await send_dead_letter(published, first.id)
    with pytest.raises(NotKept):
        await send_dead_letter(published, second.id)
    assert await waiting(published) == ["1"]
    assert [letter.id for letter in await dead_letters(published)] == [second.id]
