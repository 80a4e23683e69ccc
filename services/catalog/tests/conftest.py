from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from catalog.main import create
from catalog.settings import CatalogSettings
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.client import running, until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.postgres import Postgres, mortal_postgres
from ecatalog.testing.tokens import TokenFactory
from fastapi import FastAPI

from .builders import Catalog

ROOT = Path(__file__).parents[1]
TABLES = (
    "client", "nomenklatura", "project", "image", "integration", "idempotency", "job", "outbox",
    "description_claim", "generated_description",
)  # fmt: skip


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory) -> CatalogSettings:
    return CatalogSettings(database_url=migrated("catalog"), nats_url=nats_server.url, auth_url=tokens.url)


Mortal = tuple[Postgres, CatalogSettings]


@pytest.fixture
def mortal(settings: CatalogSettings) -> Iterator[Mortal]:
    """A catalog on a PostgreSQL that may be killed."""
    with mortal_postgres() as server:
        dsn = server.create_database("catalog")
        upgrade(ROOT, dsn)
        yield server, settings.model_copy(update={"database_url": dsn})


@pytest.fixture(scope="session")
def app(settings: CatalogSettings) -> FastAPI:
    return create(settings)


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        await until(lambda: app.state.caches.responses.enabled)
        yield client


@pytest.fixture
def fresh(settings: CatalogSettings, app: FastAPI) -> Iterator[None]:
    """No rows before the test, and caches that know it. Deleting a few is quicker than truncating many tables."""
    with psycopg.connect(settings.dsn) as connection:
        for table in TABLES:
            connection.execute(f"delete from {table}")  # noqa: S608 - names of this file
    app.state.caches.invalidate(*TABLES)
    yield
    app.state.caches.invalidate(*TABLES)


@pytest.fixture
def api(fresh: None, client: httpx.AsyncClient, tokens: TokenFactory) -> Catalog:  # noqa: ARG001 - for its effect
    """The API of an empty catalog as an editor sees it."""
    return Catalog(client, tokens.headers(1, "editor"))


@pytest.fixture
async def database(settings: CatalogSettings) -> AsyncIterator[Database]:
    database = Database(settings.dsn)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def project(database: Database) -> int:
    """A project of the test's own."""
    sql = "insert into project (code_1c, name) values (%(code)s, 'Project') returning id"
    made = await database.execute_row(sql, {"code": uuid7().hex})
    assert made is not None
    return int(made[0])
