from collections.abc import AsyncIterator

import psycopg
import pytest
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.events.schema import CREATE_V1
from ecatalog.testing.databases import empty
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.postgres import Postgres


@pytest.fixture(scope="session")
def dsn(postgres: Postgres) -> str:
    """A database with the tables behind events and one table of the tests' own."""
    address = postgres.create_database("shared_test")
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in (*CREATE_V1, "create table effect (id bigint generated always as identity, what text)"):
            connection.execute(statement.encode())
    return address


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn)
    await database.open()
    yield database
    await database.close()
    empty(dsn)


@pytest.fixture
async def broker(nats_server: NatsServer) -> AsyncIterator[Broker]:
    broker = Broker(nats_server.url, "tests")
    await broker.connect()
    yield broker
    for stream in await broker.jetstream.streams_info():
        await broker.jetstream.delete_stream(str(stream.config.name))
    await broker.close()
