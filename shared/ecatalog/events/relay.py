"""Carries the outbox to the broker, in order, until every row is confirmed."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from nats.errors import MaxPayloadError
from psycopg import AsyncConnection
from psycopg.rows import class_row

from ecatalog.contracts.base import REGISTRY
from ecatalog.core.outages import UNREACHABLE
from ecatalog.db.pool import JsonBytes
from ecatalog.events.broker import Broker, message_headers
from ecatalog.events.envelope import MAX_MESSAGE_BYTES, encode
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.metrics import DEAD_LETTERS, PUBLISHED
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

LOCK = 0x0EC0_0001
BATCH = 128
IDLE_SECONDS = 2.0
KEEP_DAYS = 7
TIDY_SECONDS = 60.0

PACE_SECONDS = 0.02
"""Batches begin at least this far apart: in a burst, events that were written one by one are sent together."""

_UNPUBLISHED = """
    select seq, id, type, key, suffix, data, request_id, traceparent, created_at
      from outbox where published_at is null order by seq limit %s
"""
_PUBLISHED = "update outbox set published_at = now() where seq = any(%s)"


class OutboxRow(NamedTuple):
    seq: int
    id: UUID
    type: str
    key: str
    suffix: str
    data: bytes
    request_id: str
    traceparent: str
    created_at: datetime


class PublishRejected(Exception):
    """A row that can never be published."""


class Relay:
    """Publishes one service's outbox; of several relays only the one that holds the lock works."""

    def __init__(self, dsn: str, broker: Broker, service: str) -> None:
        self._dsn = dsn
        self._broker = broker
        self._service = service
        self.healthy = False
        self._wait = Wait(log)
        self._tidied = float("-inf")

    async def run(self) -> None:
        """Work until cancelled; wait for a database or broker that is unavailable."""
        while True:
            try:
                await self._work()
            except (psycopg.Error, *UNREACHABLE) as error:
                self.healthy = False
                self._wait.tell("the relay waits", error=str(error) or type(error).__name__)
                await asyncio.sleep(1)

    async def _work(self) -> None:
        async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            connection.adapters.register_loader("json", JsonBytes)
            await self._broker.connect()
            came_back = self._broker.reconnects
            await self._broker.ensure_streams(self._service)
            self.healthy = True
            self._wait.over()
            await connection.execute("select pg_advisory_lock(%s)", (LOCK,))
            await connection.execute("listen outbox")
            while True:
                if came_back != self._broker.reconnects:
                    return  # begin anew: readers wait for streams that a broker without its store lacks
                began = time.monotonic()
                if await self.publish_batch(connection) < BATCH:
                    await self._forget_old(connection)
                    async for _ in connection.notifies(timeout=IDLE_SECONDS, stop_after=1):
                        pass
                    await asyncio.sleep(began + PACE_SECONDS - time.monotonic())

    async def publish_batch(self, connection: AsyncConnection[Any]) -> int:
        """Send the oldest unpublished rows, mark those the broker confirmed, and return the number of rows seen."""
        async with connection.cursor(row_factory=class_row(OutboxRow)) as cursor:
            await cursor.execute(_UNPUBLISHED, (BATCH,))
            rows = await cursor.fetchall()
        if not rows:
            return 0
        before = self._broker.reconnects
        outcomes = await asyncio.gather(*map(self._send, rows), return_exceptions=True)
        if before != self._broker.reconnects:
            return len(rows)  # what was confirmed may be lost with the broker's store: all of them are sent again
        await self._mark(connection, rows, outcomes)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not _is_rejected(outcome):
                raise outcome
        return len(rows)

    async def _send(self, row: OutboxRow) -> None:
        kind = REGISTRY.get(row.type)
        if kind is None:
            raise PublishRejected(f"unknown event type {row.type}")
        body = encode(
            kind, event_id=row.id, key=row.key, sequence=row.seq, time=row.created_at, data=row.data,
            request_id=row.request_id, traceparent=row.traceparent,
        )  # fmt: skip
        if len(body) > MAX_MESSAGE_BYTES:
            raise PublishRejected(f"{len(body)} bytes are more than {MAX_MESSAGE_BYTES}")
        subject = f"{kind.subject}.{row.suffix}" if row.suffix else kind.subject
        try:
            await self._broker.jetstream.publish(subject, body, headers=message_headers(row.id), timeout=10)
        except MaxPayloadError as error:
            raise PublishRejected(str(error)) from error
        PUBLISHED.labels(kind.name).inc()

    async def _mark(self, connection: AsyncConnection[Any], rows: Sequence[OutboxRow], outcomes: Sequence[Any]) -> None:
        """Mark what needs no further attempt. Most batches have nothing to bury, and need no transaction."""
        settled = [pair for pair in zip(rows, outcomes, strict=True) if pair[1] is None or _is_rejected(pair[1])]
        rejected = [(row, str(outcome)) for row, outcome in settled if outcome is not None]
        async with connection.transaction() if rejected else nullcontext():
            for row, error in rejected:
                await _bury(connection, row, error)
            await connection.execute(_PUBLISHED, ([row.seq for row, _ in settled],))

    async def _forget_old(self, connection: AsyncConnection[Any]) -> None:
        if time.monotonic() - self._tidied < TIDY_SECONDS:
            return
        self._tidied = time.monotonic()
        await connection.execute(
            "delete from outbox where seq in (select seq from outbox"
            " where published_at < now() - make_interval(days => %s) limit 1000)",
            (KEEP_DAYS,),
        )


def _is_rejected(outcome: object) -> bool:
    return isinstance(outcome, PublishRejected)


async def _bury(connection: AsyncConnection[Any], row: OutboxRow, error: str) -> None:
    log.error("an event cannot be published", type=row.type, event_id=str(row.id), error=error)
    DEAD_LETTERS.labels("relay", row.type).inc()
    await connection.execute(
        "insert into dead_letter (origin, event_id, type, body, error) values ('relay', %s, %s, %s, %s)",
        (row.id, row.type, row.data, error),
    )
