"""The catalog's worker as far as this service knows it, for tests of this service alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

import orjson
from ecatalog.contracts.catalog import CHUNK_APPLIED, ChunkApplied, ChunkFailure
from ecatalog.contracts.integration import CHUNK_READY, ChunkReady, SyncType
from ecatalog.core.concurrency import stop
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import decode, encode
from nats.errors import TimeoutError as NatsTimeout

CODES: dict[SyncType, str] = {"nomenklatura": "code_1c", "clients": "client_code_1c"}


class CatalogWorker:
    """Applies chunks to a dictionary, each command once, and answers each command as often as it comes.

    It waits with a chunk that it was ``given`` while ``open`` is not set; rows whose code is among ``refused`` fail.
    ``requests`` are the ids under which it was asked.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._results: dict[Any, ChunkApplied] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()
        self.requests: set[str] = set()
        self.given = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    @asynccontextmanager
    async def working(self) -> AsyncIterator["CatalogWorker"]:
        running = asyncio.create_task(self._run())
        yield self
        await stop([running])

    async def _run(self) -> None:
        commands = await self._broker.jetstream.pull_subscribe(f"{CHUNK_READY.subject}.>", stream=CHUNK_READY.stream)
        while True:
            try:
                messages = await commands.fetch(1, timeout=5)
            except NatsTimeout:
                continue
            self.given.set()
            await self.open.wait()
            event = decode(messages[0].data)
            self.requests.add(event.request_id)
            if event.id not in self._results:
                self._results[event.id] = self._apply(event.data)
            await self._answer(event.id, self._results[event.id])
            await messages[0].ack()

    def _apply(self, chunk: ChunkReady) -> ChunkApplied:
        column = CODES[chunk.sync_type]
        known = [row for row in chunk.rows if row[column] not in self.refused]
        failed = [row[column] for row in chunk.rows if row[column] in self.refused]
        updated = sum(row[column] in self.rows for row in known)
        unchanged = sum(self.rows.get(row[column]) == row for row in known)
        self.rows |= {row[column]: row for row in known}
        return ChunkApplied(
            task_id=chunk.task_id, chunk=chunk.chunk, created=len(known) - updated, updated=updated,
            unchanged=unchanged, failed=[ChunkFailure(code=code, error="refused") for code in failed],
        )  # fmt: skip

    async def _answer(self, command: Any, result: ChunkApplied) -> None:
        body = encode(
            CHUNK_APPLIED, event_id=uuid5(command, "applied"), key=str(result.task_id), sequence=0,
            time=datetime.now(UTC), data=orjson.dumps(result.model_dump(mode="json")),
        )  # fmt: skip
        await self._broker.jetstream.publish(CHUNK_APPLIED.subject, body)
