from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.testing.client import running
from ecatalog.testing.databases import empty
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.processes import Process, variables_of
from ecatalog.testing.tokens import TokenFactory
from integration.main import create
from integration.settings import IntegrationSettings

from .catalog import CatalogApi, CatalogWorker

StartWorker = Callable[[str], Process]


@pytest.fixture(scope="session")
def catalog() -> Iterator[CatalogApi]:
    catalog = CatalogApi()
    yield catalog
    catalog.close()


@pytest.fixture(scope="session")
def settings(
    migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory, catalog: CatalogApi
) -> IntegrationSettings:
    return IntegrationSettings(
        database_url=migrated("integration"), nats_url=nats_server.url, auth_url=tokens.url, catalog_url=catalog.url
    )


@pytest.fixture(scope="session")
async def client(settings: IntegrationSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create(settings)) as client:
        yield client


@asynccontextmanager
async def opened(settings: IntegrationSettings) -> AsyncIterator[Database]:
    """The database of the service, which is empty again afterwards."""
    database = Database(settings.dsn)
    await database.open()
    yield database
    await database.close()
    empty(settings.dsn)


@pytest.fixture
async def database(settings: IntegrationSettings) -> AsyncIterator[Database]:
    async with opened(settings) as database:
        yield database


@pytest.fixture
async def broker(nats_server: NatsServer) -> AsyncIterator[Broker]:
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    for service in ("catalog", "integration"):
        await broker.ensure_streams(service)
    yield broker
    for stream in await broker.jetstream.streams_info():
        await broker.jetstream.delete_stream(str(stream.config.name))
    await broker.close()


@pytest.fixture
async def catalog_worker(broker: Broker, catalog: CatalogApi) -> AsyncIterator[CatalogWorker]:
    async with CatalogWorker(broker).working() as worker:
        catalog.keyed = worker.keyed
        yield worker
        catalog.keyed = None


@pytest.fixture
def start_worker(settings: IntegrationSettings, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts workers that log into a file of that name; none outlives its test, whatever becomes of it."""
    variables = variables_of(settings) | {"LOG_LEVEL": "DEBUG"}
    with ExitStack() as stack:

        def start_worker(log: str) -> Process:
            process = Process("integration", "worker", variables=variables, log=tmp_path / log)
            stack.callback(process.kill)
            return process

        yield start_worker
