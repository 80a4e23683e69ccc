import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs.liveness import SETTLED_SECONDS, WorkerLiveness
from ecatalog.jobs.schema import CREATE_V1, SCHEDULES_V1
from ecatalog.testing.client import until
from ecatalog.testing.databases import empty
from ecatalog.testing.postgres import Postgres

from .toys import TABLES


def create(postgres: Postgres, name: str) -> str:
    """A database with the tables of jobs and of the tests."""
    address = postgres.create_database(name)
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in (*CREATE_V1, *SCHEDULES_V1, *TABLES):
            connection.execute(statement.encode())
    return address


@pytest.fixture(scope="session")
def dsn(postgres: Postgres) -> str:
    return create(postgres, "jobs_test")


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, pool_size=16)
    await database.open()
    yield database
    await database.close()
    empty(dsn)


@asynccontextmanager
async def living(dsn: str) -> AsyncIterator[int]:
    """The number of a worker that lives while the context lasts."""
    liveness = WorkerLiveness(dsn)
    running = asyncio.create_task(liveness.run())
    yield await liveness.wait()
    await stop([running])


@pytest.fixture
async def worker_id(database: Database) -> AsyncIterator[int]:
    async with living(database.dsn) as number:
        yield number


@pytest.fixture
async def settled(database: Database) -> None:
    """PostgreSQL has run for so long that locks count."""
    await until(lambda: database.fetch_value(SETTLED))


SETTLED = f"select pg_postmaster_start_time() < now() - interval '{SETTLED_SECONDS} s'"
