import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from auth.main import create
from auth.settings import AuthSettings
from ecatalog.testing.client import running
from ecatalog.testing.nats import NatsServer
from fastapi import FastAPI

from .builders import Api, Clock, empty


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


@pytest.fixture
async def api(client: httpx.AsyncClient, settings: AuthSettings, clock: Clock) -> AsyncIterator[Api]:
    clock.reset()
    yield Api(client, settings.dsn)
    await asyncio.to_thread(empty, settings.dsn)  # the app's own loops must be able to let go of their locks
