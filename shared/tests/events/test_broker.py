"""One connection a process, however many ask for it and whatever becomes of the server."""

import asyncio
from contextlib import suppress

import pytest
from ecatalog.core.concurrency import stop
from ecatalog.events.broker import Broker
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer


async def test_all_who_ask_share_one_connection(nats_server: NatsServer) -> None:
    broker = Broker(nats_server.url, "tests")

    async def connected() -> int:
        await broker.connect()
        return id(broker.client)

    assert len(set(await asyncio.gather(*(connected() for _ in range(5))))) == 1
    await broker.close()


async def test_connection_comes_back_by_itself_and_is_not_made_twice(nats_server: NatsServer) -> None:
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    first = broker.client
    nats_server.kill()
    await until(lambda: not broker.connected)
    waiting = asyncio.create_task(broker.connect())
    nats_server.start()
    await waiting
    assert broker.client is first
    await broker.close()


async def test_connection_that_is_coming_back_can_be_closed(nats_server: NatsServer) -> None:
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    nats_server.kill()
    await until(lambda: not broker.connected)
    await broker.close()
    assert broker.client.is_closed
    nats_server.start()


async def test_connecting_that_takes_no_notice_of_its_end_does_not_go_on_for_ever(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting = asyncio.Event()

    async def refused_when_cancelled(_: object) -> None:
        """What asyncio.wait_for does when the refusal and the cancellation come at the same time."""
        if not connecting.is_set():
            connecting.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        raise ConnectionRefusedError

    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    monkeypatch.setattr(broker.client, "_connect_to_server", refused_when_cancelled)
    nats_server.kill()
    await connecting.wait()
    await broker.close()
    await until(lambda: not any("_attempt_reconnect" in repr(task) for task in asyncio.all_tasks()))
    nats_server.start()


async def test_connecting_that_is_cancelled_leaves_no_connection_open() -> None:
    came, went = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()
        went.set()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connecting = asyncio.create_task(Broker(f"nats://127.0.0.1:{port}", "tests").connect())
    await came.wait()
    await stop([connecting])
    async with asyncio.timeout(30):
        await went.wait()
    server.close()
    await server.wait_closed()
