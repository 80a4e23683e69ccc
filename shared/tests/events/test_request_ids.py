"""One id names a request in every log that it reaches: over the outbox, the broker and calls between services."""

import asyncio
import io
import logging
from typing import Any
from uuid import uuid4

import orjson
import pytest
from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.envelope import Event
from ecatalog.events.outbox import publish
from ecatalog.http.internal_client import InternalClient
from ecatalog.runtime.worker import Worker
from ecatalog.telemetry import context
from ecatalog.telemetry.logging import JsonFormatter, logger
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

log = logger("ecatalog.test")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a process writes whose log level is DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("test"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger("ecatalog"), "level", logging.DEBUG)
    logging.getLogger("ecatalog").manager._clear_cache()  # type: ignore[attr-defined]  # levels are remembered
    return stream


def said(lines: io.StringIO, sentence: str) -> list[dict[str, Any]]:
    found = map(orjson.loads, lines.getvalue().splitlines())
    return [line for line in found if line["event"] == sentence]


async def test_each_event_is_handled_under_the_id_of_its_request(
    dsn: str, database: Database, broker: Broker, nats_server: NatsServer, lines: io.StringIO
) -> None:
    async def handle(connection: Transaction, event: Event[Any]) -> None:  # noqa: ARG001 - a handler
        log.info("handling", subject=event.subject, trace=context.traceparent.get())

    await broker.ensure_streams("auth")
    async with database.transaction() as connection:
        for number in range(6):
            with context.bound(f"request-{number}", TRACE):
                change = UserChanged(user_id=number, state="active", role="editor", regions=[])
                await publish(connection, USER_CHANGED, change, key=number)
    worker = Worker(Settings.model_validate({"database_url": dsn, "nats_url": nats_server.url}), "auth")
    worker.consume(Consumer(worker.broker, worker.database, f"reader-{uuid4().hex}", {USER_CHANGED: handle}))
    async with worker.working():
        await until(lambda: len(said(lines, "an event")) == 6)
    handled = said(lines, "handling")
    assert sorted((line["subject"], line["request_id"], line["trace"]) for line in handled) == [
        (str(number), f"request-{number}", TRACE) for number in range(6)
    ]
    assert {line["request_id"] for line in said(lines, "an event")} == {f"request-{number}" for number in range(6)}


def test_what_is_logged_after_an_event_belongs_to_no_request() -> None:
    before = context.request_id.get()
    with context.bound("request-1", TRACE):
        assert context.request_id.get() == "request-1"
    assert context.request_id.get() == before


async def test_another_service_is_asked_under_the_same_id(dsn: str) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    client = InternalClient(Settings.model_validate({"database_url": dsn}))
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with context.bound("request-7", TRACE):
        await client.get_json(url, "/internal/thing/")
    await client.close()
    server.close()
    assert b"x-request-id: request-7\r\n" in asked[0].lower()
    assert f"traceparent: {TRACE}\r\n".encode() in asked[0].lower()
