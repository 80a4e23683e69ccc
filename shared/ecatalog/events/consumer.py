"""Pulls events and handles each exactly once in effect."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from psycopg.errors import IdleInTransactionSessionTimeout

from ecatalog.contracts.base import EventType
from ecatalog.core.errors import Unavailable
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import limit_idle
from ecatalog.events import inbox, pull_loop
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import Event, UnknownType, decode
from ecatalog.telemetry import context
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.metrics import CONSUMED, CONSUMER_LAG, CONSUMER_PROGRESS, DEAD_LETTERS, REDELIVERED
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

Handler = Callable[[Transaction, Event[Any]], Awaitable[None]]
Handlers = Mapping[EventType[Any], Handler]
Chooser = Callable[[Database, Sequence[Event[Any]]], Awaitable[Collection[UUID]]]

ACK_WAIT = 60.0
MAX_ATTEMPTS = 10
PAUSE_SECONDS = 0.5
STALE_SECONDS = 30.0
IDLE_SECONDS = 20
"""PostgreSQL ends a transaction after this long without a statement: a frozen consumer no longer holds up others."""


class Consumer:
    """A durable pull consumer over one stream, named after its reader.

    ``handlers`` are run in one transaction with the inbox row; events that come together share one. A database or
    broker that is unavailable pauses the consumer and nothing counts; an error that a handler raises counts, delays the
    next try, and the tenth creates a dead letter, after which ``on_dead`` is called. ``on_repeated`` is called with an
    event that was handled before and has come again. ``choose`` is for a reader that few events concern: it returns the
    ids of those, and the others leave no trace. Such a handler must bear an event that comes again.
    """

    def __init__(
        self,
        broker: Broker,
        database: Database,
        name: str,
        handlers: Handlers,
        *,
        concurrency: int = 1,
        batch: int = 16,
        on_dead: Handler | None = None,
        on_repeated: Handler | None = None,
        choose: Chooser | None = None,
    ) -> None:
        streams = {kind.stream for kind in handlers}
        if len(streams) != 1:
            raise ValueError(f"a consumer reads one stream, not {sorted(streams)}")
        self._broker = broker
        self._database = database
        self.name = name
        self.stream = streams.pop()
        self.handlers = handlers
        self._handlers = {kind.name: handler for kind, handler in handlers.items()}
        self._subjects = [subject for kind in handlers for subject in (kind.subject, f"{kind.subject}.>")]
        self.concurrency = concurrency
        self._batch = batch
        self._on_dead = on_dead
        self._on_repeated = on_repeated
        self._choose = choose
        self._last_fetch = float("-inf")
        self._wait = Wait(log)

    @property
    def healthy(self) -> bool:
        """Return whether the loop has asked the broker lately."""
        return time.monotonic() - self._last_fetch < STALE_SECONDS

    def check(self) -> None:
        """Raise the reason when the consumer does not work."""
        if not self.healthy:
            raise RuntimeError(f"consumer {self.name} has not asked for events lately")

    async def run(self) -> None:
        """Work until cancelled; ``concurrency`` of these may run at once."""
        facts = {"consumer": self.name, "stream": self.stream}
        await pull_loop.keep(self._consume, self._wait, "the consumer waits", PAUSE_SECONDS, **facts)

    async def _consume(self) -> None:
        await self._broker.connect()
        subscription, _ = await pull_loop.subscribe(self._broker, self.stream, self._config)
        self._wait.over()
        try:
            while True:
                self._last_fetch = time.monotonic()
                CONSUMER_PROGRESS.labels(self.name, self.stream).set_to_current_time()
                messages = await pull_loop.fetch(subscription, self._batch)
                await self._observe(subscription, messages)
                if len(messages) < 2 or not await self._deliver_together(messages):
                    for message in messages:
                        await self._deliver(message)
        finally:
            if self._broker.connected:
                await subscription.unsubscribe()

    @property
    def _config(self) -> ConsumerConfig:
        return ConsumerConfig(
            durable_name=self.name,
            filter_subjects=self._subjects,
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=ACK_WAIT,
            max_deliver=-1,
            max_ack_pending=max(64, 4 * self.concurrency * self._batch),
        )

    async def _observe(self, subscription: pull_loop.Subscription, messages: Sequence[Msg]) -> None:
        """Measure the lag. Without messages a consumer that vanished with the broker's store raises here."""
        lag, redelivered = CONSUMER_LAG.labels(self.name, self.stream), REDELIVERED.labels(self.name, self.stream)
        if messages:
            lag.set(messages[-1].metadata.num_pending)
            redelivered.inc(sum(message.metadata.num_delivered > 1 for message in messages))
        else:
            lag.set((await subscription.consumer_info()).num_pending or 0)
            await self._database.execute(inbox.FORGET)

    async def _deliver_together(self, messages: Sequence[Msg]) -> bool:
        """Handle events that came together in one transaction; False when one of them must be handled by itself."""
        try:
            events = [decode(message.data) for message in messages]
            outcomes = await self._handle(events)
        except Exception as error:
            log.info("events are handled one by one", consumer=self.name, reason=str(error) or type(error).__name__)
            return False
        for message, event, outcome in zip(messages, events, outcomes, strict=True):
            with context.bound(event.request_id, event.traceparent):
                self._count(event, outcome)
            await message.ack()  # one that is lost brings the event again, and it is known then
        return True

    async def _deliver(self, message: Msg) -> None:
        try:
            event = decode(message.data)
        except UnknownType as error:
            log.info("an event of an unknown type is passed over", type=str(error))
            await message.ack_sync()
            return
        except ValueError as error:  # it would never become one, and come again for ever
            log.error("a message is left out", consumer=self.name, subject=message.subject, error=str(error))
            await message.term()
            return
        with context.bound(event.request_id, event.traceparent):
            await self._deliver_event(message, event)

    async def _deliver_event(self, message: Msg, event: Event[Any]) -> None:
        try:
            (outcome,) = await self._handle([event])
        except Exception as error:
            if _is_away(error):
                await self._pause(message, event, error)
            else:
                await self._failed(message, event, error)
        else:
            self._count(event, outcome)
            await message.ack_sync()

    def _count(self, event: Event[Any], outcome: str) -> None:
        CONSUMED.labels(self.name, self.stream, event.type, outcome).inc()
        log.debug("an event", consumer=self.name, type=event.type, event_id=str(event.id), outcome=outcome)

    async def _handle(self, events: Sequence[Event[Any]]) -> list[str]:
        """Handle events in one transaction, and return what became of each."""
        chosen = await self._choose(self._database, events) if self._choose else {event.id for event in events}
        if not chosen:
            return ["passed"] * len(events)
        async with self._transaction() as connection:
            outcomes = iter(await self._apply(connection, [event for event in events if event.id in chosen]))
        return [next(outcomes) if event.id in chosen else "passed" for event in events]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction() as connection:
            await limit_idle(connection, IDLE_SECONDS)
            yield connection

    async def _apply(self, connection: Transaction, events: Sequence[Event[Any]]) -> list[str]:
        new = await inbox.claim(connection, self.name, [event.id for event in events if event.type in self._handlers])
        outcomes = []
        for event in events:
            with context.bound(event.request_id, event.traceparent):
                outcomes.append(await self._apply_one(connection, event, is_new=event.id in new))
            new.discard(event.id)
        return outcomes

    async def _apply_one(self, connection: Transaction, event: Event[Any], *, is_new: bool) -> str:
        handler = self._handlers.get(event.type)
        if handler is None:
            return "ignored"
        if is_new:
            await handler(connection, event)
            return "handled"
        if self._on_repeated is not None:
            await self._on_repeated(connection, event)
        return "repeated"

    async def _pause(self, message: Msg, event: Event[Any], error: Exception) -> None:
        log.warning("the consumer pauses", consumer=self.name, type=event.type, error=str(error))
        CONSUMED.labels(self.name, self.stream, event.type, "paused").inc()
        await message.nak(delay=1)
        await asyncio.sleep(1)

    async def _failed(self, message: Msg, event: Event[Any], error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        CONSUMED.labels(self.name, self.stream, event.type, "failed").inc()
        async with self._database.transaction() as connection:
            attempts = await inbox.record_failure(connection, self.name, event.id, reason)
            if attempts >= MAX_ATTEMPTS:
                await inbox.bury(connection, self.name, event.id, event.type, message.data, reason)
                if self._on_dead is not None:
                    await self._on_dead(connection, event)
        if attempts >= MAX_ATTEMPTS:
            log.error("an event became a dead letter", consumer=self.name, type=event.type, exc_info=error)
            DEAD_LETTERS.labels("consumer", event.type).inc()
            await message.ack_sync()
        else:
            log.warning("a handler failed", consumer=self.name, type=event.type, attempts=attempts, exc_info=error)
            await message.nak(delay=min(0.1 * 2**attempts, 60))


def _is_away(error: Exception) -> bool:
    """Tell an outage, or a transaction that was ended because this process was frozen, from an error of the handler."""
    return isinstance(error, (psycopg.OperationalError, IdleInTransactionSessionTimeout, Unavailable))
