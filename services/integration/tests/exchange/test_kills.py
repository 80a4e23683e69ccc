"""Apis and workers are killed in the middle of an exchange: what was acknowledged is there, and it can go on."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.client import until
from ecatalog.testing.ports import free_port
from ecatalog.testing.processes import Process, Workers, impatient_workers, variables_of
from integration.exchange.sessions import COOKIE
from integration.settings import IntegrationSettings

from ..builders import count
from ..catalog import CatalogWorker
from ..runs.writing import products, whole
from .calling import Module
from .test_whole import imported, parts

CONTENT = whole(products(range(300))).encode()


@pytest.fixture
def workers(settings: IntegrationSettings) -> Iterator[Workers]:
    with impatient_workers("integration", settings) as started:
        yield started


class Api:
    """A process of the api, with a client of it."""

    def __init__(self, settings: IntegrationSettings) -> None:
        self.port = free_port()
        self.process = Process("integration", "api", variables=variables_of(settings) | {"PORT": str(self.port)})
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    async def answers(self) -> bool:
        try:
            return (await self.client.get("/health/live")).status_code == 200
        except httpx.TransportError:
            return False


@asynccontextmanager
async def api(settings: IntegrationSettings) -> AsyncIterator[Api]:
    one = Api(settings)
    try:
        await until(one.answers)
        yield one
    finally:
        one.process.kill()
        await one.client.aclose()


def begin_part(port: int, module: Module, name: str, length: int, sent: bytes) -> socket.socket:
    """Send the beginning of a part and keep the connection open."""
    head = (
        f"POST /1c/{module.integration}/?type=catalog&mode=file&filename={name} HTTP/1.0\r\nHost: 1c\r\n"
        f"Cookie: {COOKIE}={module.cookie}\r\nContent-Length: {length}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(head.encode() + sent)
    return connection


@pytest.mark.parametrize("again", ["the same session", "a new session"])
async def test_api_is_killed_in_a_part(
    settings: IntegrationSettings, database: Database, catalog_worker: CatalogWorker, integration: int,
    workers: Workers, again: str,
) -> None:  # fmt: skip
    await workers.start()
    first, second, third = parts(CONTENT)
    async with api(settings) as one:
        module = await Module(one.client, integration).sign_in()
        await module.file("a.xml", first)
        connection = begin_part(one.port, module, "a.xml", len(second), second[:100])
        await asyncio.sleep(0.2)
        one.process.kill()
        connection.close()
    assert await database.fetch_rows("select size from source_file") == [(len(first),)]
    async with api(settings) as other:
        module.client = other.client
        if again == "a new session":
            await module.sign_in()
        await module.ask("init")
        await module.file("a.xml", first, second, third)
        assert (await imported(module, "a.xml"))[0] == "success"
        assert await module.ask("complete") == ["success"]
    assert len(catalog_worker.keyed.rows) == 300
    kept = """
        select sum(length(p.bytes)) from source_piece p join source_file f on f.id = p.file_id
          join source_set s on s.id = f.set_id where s.outcome = 'succeeded'
    """
    assert await database.fetch_value(kept) == len(CONTENT)


async def test_worker_is_killed_while_1c_waits_for_an_import(
    client: httpx.AsyncClient, database: Database, catalog_worker: CatalogWorker, integration: int, workers: Workers
) -> None:
    module = await Module(client, integration).sign_in()
    await module.file("a.xml", *parts(CONTENT))
    catalog_worker.open.clear()
    first = await workers.start()
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    await asyncio.wait_for(catalog_worker.given.wait(), 30)  # it is being applied
    workers.kill(first)
    catalog_worker.open.set()
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    await workers.start()
    word, numbers, _ = await imported(module, "a.xml")
    assert word == "success"
    assert numbers.startswith("Загружено строк: 300 из 300; создано 300")
    assert await module.ask("complete") == ["success"]
    assert len(catalog_worker.keyed.rows) == 300
    assert await database.fetch_rows("select outcome from source_set") == [("succeeded",)]


async def test_api_is_killed_while_1c_waits_for_an_import(
    settings: IntegrationSettings, database: Database, catalog_worker: CatalogWorker, integration: int, workers: Workers
) -> None:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(api(settings))
        module = await Module(one.client, integration).sign_in()
        await module.file("a.xml", CONTENT)
        waiting = asyncio.create_task(module.send("import", filename="a.xml"))

        async def is_deferred() -> bool:
            return await count(database, "job") == 1

        await until(is_deferred)
        one.process.kill()
        with pytest.raises(httpx.TransportError):
            await waiting
        module.client = (await stack.enter_async_context(api(settings))).client
        await workers.start()
        assert (await imported(module, "a.xml"))[0] == "success"
    assert await count(database, "job") == 1
    assert len(catalog_worker.keyed.rows) == 300
