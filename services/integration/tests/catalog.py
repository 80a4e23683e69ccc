"""The catalog's worker as far as this service knows it, for tests of this service alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

import orjson
from ecatalog.contracts.base import EventType
from ecatalog.contracts.catalog import (
    CHUNK_APPLIED,
    KEYED_CHUNK_APPLIED,
    ChunkApplied,
    ChunkFailure,
    KeyedChunkApplied,
)
from ecatalog.contracts.integration import CHUNK_READY, KEYED_CHUNK_READY, ChunkReady, KeyedChunk, SyncType
from ecatalog.core.concurrency import stop
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import decode, encode
from ecatalog.testing.catalog import CatalogRoutes
from nats.errors import TimeoutError as NatsTimeout

from .keyed import KeyedCatalog

CODES: dict[SyncType, str] = {"nomenklatura": "code_1c", "clients": "client_code_1c"}


class CatalogWorker:
    """Applies chunks to a dictionary, each command once, and answers each command as often as it comes.

    Chunks whose rows have keys are applied to ``keyed``, whose half of the catalog's api is :class:`CatalogApi`.
    It waits with a chunk that it was ``given`` while ``open`` is not set; rows whose code is among ``refused`` fail.
    ``requests`` are the ids under which it was asked.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._results: dict[Any, ChunkApplied | KeyedChunkApplied] = {}
        self.keyed = KeyedCatalog()
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
        await asyncio.gather(self._serve(CHUNK_READY), self._serve(KEYED_CHUNK_READY))

    async def _serve(self, kind: EventType[Any]) -> None:
        commands = await self._broker.jetstream.pull_subscribe(f"{kind.subject}.>", stream=kind.stream)
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
                keyed = isinstance(event.data, KeyedChunk)
                self._results[event.id] = self.keyed.apply(event.data) if keyed else self._apply(event.data)
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

    async def _answer(self, command: Any, result: ChunkApplied | KeyedChunkApplied) -> None:
        kind = CHUNK_APPLIED if isinstance(result, ChunkApplied) else KEYED_CHUNK_APPLIED
        body = encode(
            kind, event_id=uuid5(command, "applied"), key=str(result.task_id), sequence=0,
            time=datetime.now(UTC), data=orjson.dumps(result.model_dump(mode="json")),
        )  # fmt: skip
        await self._broker.jetstream.publish(kind.subject, body)


class CatalogApi(CatalogRoutes):
    """The catalog's internal routes: projects, and which keys and codes ``keyed`` knows."""

    keyed: KeyedCatalog | None = None

    def answer(self, url: str, body: bytes) -> tuple[int, Any]:
        if not url.startswith("/internal/source-keys/"):
            return super().answer(url, body)
        return 200, (self.keyed or KeyedCatalog()).known(orjson.loads(body))
