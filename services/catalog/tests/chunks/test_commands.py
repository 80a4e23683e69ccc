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
from ecatalog.contracts.catalog import CHUNK_APPLIED, ChunkApplied
from ecatalog.contracts.integration import CHUNK_READY, ChunkReady
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
    known = event_id or uuid7()
    body = encode(
        CHUNK_READY, event_id=known, key=str(chunk.task_id), sequence=0, time=datetime.now(UTC),
        data=orjson.dumps(chunk.model_dump(mode="json")),
    )  # fmt: skip
    await broker.jetstream.publish(f"{CHUNK_READY.subject}.{chunk.task_id}.0", body)
    return known


async def results(broker: Broker, number: int) -> dict[UUID, ChunkApplied]:
    """The results in the stream from its beginning, by their ids."""
    subscription = await broker.jetstream.pull_subscribe(CHUNK_APPLIED.subject, stream=CHUNK_APPLIED.stream)
    found: dict[UUID, ChunkApplied] = {}
    while len(found) < number:
        (message,) = await subscription.fetch(1, timeout=ANSWERED_WITHIN)
        event = decode(message.data)
        found[event.id] = event.data
    return found


async def test_command_that_comes_again_after_the_broker_lost_all_is_answered_and_not_applied_again(
    settings: CatalogSettings, project: int, broker: Broker, nats_server: NatsServer
) -> None:
    rows = [{"code_1c": "A", "name": "x"}]
    async with create(settings).working():
        command = await send(broker, project, rows)
        first = await results(broker, 1)
        nats_server.kill()
        await until(lambda: not broker.connected)
        nats_server.wipe()
        nats_server.start()
        await make_streams(broker)
        await send(broker, project, rows, command)
        again = await results(broker, 1)
    assert again == first
    assert first[result_id(command)].created == 1


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
        found = await results(broker, 2)
    assert found[result_id(good)].created == 1
    failed = found[result_id(poisoned)].failed
    assert [(failure.code, failure.error) for failure in failed] == [("A", UNDELIVERABLE), ("B", UNDELIVERABLE)]
