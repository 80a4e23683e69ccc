import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.events import consumer
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish
from ecatalog.runtime.worker import Worker
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer


async def test_handler_that_loses_a_cancellation_does_not_keep_the_worker(
    dsn: str, database: Database, broker: Broker, nats_server: NatsServer
) -> None:
    began = lost = False

    async def handle(connection: Transaction, event: Event[Any]) -> None:  # noqa: ARG001 - a handler
        nonlocal began, lost
        began = True
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost = True
        await asyncio.Event().wait()

    await broker.ensure_streams("auth")
    async with database.transaction() as connection:
        user = UserChanged(user_id=1, state="active", role="editor", regions=[])
        await publish(connection, USER_CHANGED, user, key=1)
    worker = Worker(Settings(database_url=dsn, nats_url=nats_server.url), "auth")
    worker.consume(Consumer(worker.broker, worker.database, f"r-{uuid4().hex}", {USER_CHANGED: handle}, concurrency=2))
    async with asyncio.timeout(20):
        async with worker.working():
            await until(lambda: began)
    assert lost


async def test_worker_whose_loop_is_stuck_is_not_ready_and_says_which(
    dsn: str, database: Database, broker: Broker, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "STALE_SECONDS", 2.0)
    stuck = asyncio.Event()

    async def handle(connection: Transaction, event: Event[Any]) -> None:  # noqa: ARG001 - a handler
        stuck.set()
        await asyncio.Event().wait()

    await broker.ensure_streams("auth")
    worker = Worker(Settings(database_url=dsn, nats_url=nats_server.url), "auth")
    name = f"r-{uuid4().hex}"
    worker.consume(Consumer(worker.broker, worker.database, name, {USER_CHANGED: handle}))
    transport = httpx.ASGITransport(app=worker.answer)
    async with worker.working(), httpx.AsyncClient(transport=transport, base_url="http://worker") as client:

        async def ready() -> bool:
            return (await client.get("/health/ready")).status_code == 200

        await until(ready)
        async with database.transaction() as connection:
            user = UserChanged(user_id=1, state="active", role="editor", regions=[])
            await publish(connection, USER_CHANGED, user, key=1)
        await stuck.wait()

        async def not_ready() -> bool:
            return not await ready()

        await until(not_ready)
        report = (await client.get("/health/ready")).json()
        assert (await client.get("/health/live")).status_code == 200
    assert report["checks"][f"consumer {name} of INTERNAL_AUTH"] == f"consumer {name} has not asked for events lately"
    assert {reason for check, reason in report["checks"].items() if not check.startswith("consumer")} == {"ok"}


async def test_contexts_of_a_worker_are_around_all_of_its_loops(dsn: str, nats_server: NatsServer) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def context() -> AsyncIterator[None]:
        steps.append("entered")
        yield
        steps.append("left")

    async def loop() -> None:
        steps.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            steps.append("ended")

    worker = Worker(Settings(database_url=dsn, nats_url=nats_server.url), "auth")
    worker.loop("loop", loop)
    worker.enter(context)
    async with worker.working():
        await until(lambda: "began" in steps)
    assert steps == ["entered", "began", "ended", "left"]
