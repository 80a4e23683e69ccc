import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from auth.main import create
from auth.settings import AuthSettings
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.client import running
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.postgres import Postgres
from fastapi import FastAPI

from .builders import KEYS, ROOT, Api, Clock, empty


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer) -> AuthSettings:
    return AuthSettings(database_url=migrated("auth"), nats_url=nats_server.url)


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def app(settings: AuthSettings, clock: Clock) -> FastAPI:
    return create(settings, clock)


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


@pytest.fixture(scope="session")
def connection(settings: AuthSettings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def api(
    client: httpx.AsyncClient, app: FastAPI, connection: psycopg.Connection[Any], clock: Clock
) -> AsyncIterator[Api]:
    clock.reset()
    yield Api(client, app, connection)
    await asyncio.to_thread(empty, connection, KEYS)  # a loop that holds a row must be able to let go of it


@pytest.fixture(scope="session")
def bare_dsn(postgres: Postgres) -> str:
    dsn = postgres.create_database("auth_bare")
    upgrade(ROOT, dsn)
    return dsn


@pytest.fixture
def bare(bare_dsn: str, settings: AuthSettings) -> Iterator[AuthSettings]:
    """Settings of a database that holds nothing and that no app uses."""
    yield settings.model_copy(update={"database_url": bare_dsn})
    with psycopg.connect(bare_dsn, autocommit=True) as connection:
        empty(connection)
