import asyncio
from typing import Any
from uuid import uuid4

from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.db import Database
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish
from ecatalog.settings import Settings
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from ecatalog.worker import Worker
from sqlalchemy.ext.asyncio import AsyncSession


async def test_handler_that_loses_a_cancellation_does_not_keep_the_worker(
    dsn: str, database: Database, broker: Broker, nats_server: NatsServer
) -> None:
    began = lost = False

    async def handle(session: AsyncSession, event: Event[Any]) -> None:  # noqa: ARG001 - a handler
        nonlocal began, lost
        began = True
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost = True
        await asyncio.Event().wait()

    await broker.ensure_streams("auth")
    async with database.session() as session:
        await publish(session, USER_CHANGED, UserChanged(user_id=1, state="active", role="editor", regions=[]), key=1)
    worker = Worker(Settings(database_url=dsn, nats_url=nats_server.url), "auth")
    worker.consume(Consumer(worker.broker, worker.database, f"r-{uuid4().hex}", {USER_CHANGED: handle}, concurrency=2))
    async with asyncio.timeout(20):
        async with worker.working():
            await until(lambda: began)
    assert lost
