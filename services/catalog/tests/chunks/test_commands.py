"""Commands as they come from the broker: each is applied once and answered as often as it is asked."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from catalog.chunks.service import result_id
from catalog.settings import CatalogSettings
from catalog.upsert.failures import UNDELIVERABLE
from catalog.worker import create
from ecatalog.contracts.base import EventType
from ecatalog.contracts.catalog import CHUNK_APPLIED, KEYED_CHUNK_APPLIED
from ecatalog.contracts.integration import CHUNK_READY, KEYED_CHUNK_READY, ChunkReady, KeyedChunk
from ecatalog.core.ids import uuid7
from ecatalog.events import consumer
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import decode, encode
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer

ANSWERED_WITHIN = 60
"""A relay whose publication was lost with the broker begins anew after 11 s, a reader whose consumer was after 6 s."""


@pytest.fixture
async def broker(nats_server: NatsServer) -> AsyncIterator[Broker]:
    broker = Broker(nats_server.url, "tests")
    await make_streams(broker)
    yield broker
    for kind in (CHUNK_READY, CHUNK_APPLIED):
        await broker.jetstream.purge_stream(kind.stream)
    await broker.close()


async def make_streams(broker: Broker) -> None:
    await broker.connect()
    for service in ("catalog", "integration", "media"):
        await broker.ensure_streams(service)


async def send(broker: Broker, project: int, rows: list[dict[str, Any]], event_id: UUID | None = None) -> UUID:
    chunk = ChunkReady(task_id=uuid7(), chunk=0, project_id=project, sync_type="nomenklatura", rows=rows)
    return await send_command(broker, CHUNK_READY, chunk, event_id)


async def send_keyed(broker: Broker, project: int, rows: list[dict[str, Any]], event_id: UUID | None = None) -> UUID:
    chunk = KeyedChunk(task_id=uuid7(), chunk=0, project_id=project, base="main", stream="nomenklatura", rows=rows)
    return await send_command(broker, KEYED_CHUNK_READY, chunk, event_id)


async def send_command(
    broker: Broker, kind: EventType[Any], chunk: ChunkReady | KeyedChunk, event_id: UUID | None
) -> UUID:
    known = event_id or uuid7()
    body = encode(
        kind, event_id=known, key=str(chunk.task_id), sequence=0, time=datetime.now(UTC),
        data=orjson.dumps(chunk.model_dump(mode="json")),
    )  # fmt: skip
    await broker.jetstream.publish(f"{kind.subject}.{chunk.task_id}.0", body)
    return known


async def results(broker: Broker, *commands: UUID, kind: EventType[Any] = CHUNK_APPLIED) -> dict[UUID, Any]:
    """The results of commands, by their ids; those of other tests are passed over."""
    subscription = await broker.jetstream.pull_subscribe(kind.subject, stream=kind.stream)
    wanted = {result_id(command) for command in commands}
    found: dict[UUID, Any] = {}
    while found.keys() < wanted:
        (message,) = await subscription.fetch(1, timeout=ANSWERED_WITHIN)
        event = decode(message.data)
        if event.id in wanted:
            found[event.id] = event.data
    return found


async def test_command_that_comes_again_after_the_broker_lost_all_is_answered_and_not_applied_again(
    settings: CatalogSettings, project: int, broker: Broker, nats_server: NatsServer
) -> None:
    rows, keyed = [{"code_1c": "A", "name": "x"}], [{"key": "k1", "code": "B", "values": {"name": "x"}}]
    async with create(settings).working():
        command, keyed_command = await send(broker, project, rows), await send_keyed(broker, project, keyed)
        first = await results(broker, command) | await results(broker, keyed_command, kind=KEYED_CHUNK_APPLIED)
        nats_server.kill()
        await until(lambda: not broker.connected)
        nats_server.wipe()
        nats_server.start()
        await make_streams(broker)
        await send(broker, project, rows, command)
        await send_keyed(broker, project, keyed, keyed_command)
        again = await results(broker, command) | await results(broker, keyed_command, kind=KEYED_CHUNK_APPLIED)
    assert again == first
    assert [first[result_id(one)].created for one in (command, keyed_command)] == [1, 1]


async def test_chunk_that_always_fails_reports_its_rows_and_lets_others_through(
    settings: CatalogSettings, project: int, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "MAX_ATTEMPTS", 2)
    poisoned = uuid7()
    worker = create(settings)
    original = worker.consumers[-1]._handlers[CHUNK_READY.name]

    async def handle(connection: Any, event: Any) -> None:
        if event.id == poisoned:
            raise RuntimeError("poison")
        await original(connection, event)

    monkeypatch.setitem(worker.consumers[-1]._handlers, CHUNK_READY.name, handle)
    async with worker.working():
        await send(broker, project, [{"code_1c": "A", "name": "x"}, {"code_1c": "B", "name": "y"}], poisoned)
        good = await send(broker, project, [{"code_1c": "C", "name": "z"}])
        found = await results(broker, poisoned, good)
    assert found[result_id(good)].created == 1
    failed = found[result_id(poisoned)].failed
    assert [(failure.code, failure.error) for failure in failed] == [("A", UNDELIVERABLE), ("B", UNDELIVERABLE)]


async def test_keyed_chunk_that_always_fails_reports_its_rows_and_lets_others_through(
    settings: CatalogSettings, project: int, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "MAX_ATTEMPTS", 2)
    async with create(settings).working():
        poisoned = await send_keyed(broker, project, [{"key": "k1", "code": "A"}, {"key": None, "code": "B"}])
        good = await send_keyed(broker, project, [{"key": "k3", "code": "C", "values": {"name": "z"}}])
        found = await results(broker, poisoned, good, kind=KEYED_CHUNK_APPLIED)
    assert (found[result_id(good)].created, found[result_id(good)].undeliverable) == (1, False)
    lost = found[result_id(poisoned)]
    assert [(failure.key, failure.code, failure.error) for failure in lost.failed] == [
        ("k1", "A", UNDELIVERABLE), (None, "B", UNDELIVERABLE),
    ]  # fmt: skip
    assert lost.undeliverable is True


async def test_older_reader_of_chunks_does_not_get_keyed_ones(settings: CatalogSettings) -> None:
    """It would pass over them, and their rows would be lost."""
    readers = {one.name: one for one in create(settings).consumers}
    assert CHUNK_READY in readers["catalog-chunks"].handlers
    assert KEYED_CHUNK_READY in readers["catalog-keyed-chunks"].handlers
    assert not set(readers["catalog-chunks"]._subjects) & set(readers["catalog-keyed-chunks"]._subjects)
