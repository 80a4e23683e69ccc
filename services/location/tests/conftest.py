from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from ecatalog.testing.client import running
from ecatalog.testing.databases import empty
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory
from fastapi import FastAPI
from location.main import create
from location.settings import LocationSettings

from .builders import Locations


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory) -> LocationSettings:
    return LocationSettings(database_url=migrated("location"), nats_url=nats_server.url, auth_url=tokens.url)


@pytest.fixture(scope="session")
def app(settings: LocationSettings) -> FastAPI:
    return create(settings)


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


@pytest.fixture
def fresh(settings: LocationSettings) -> Iterator[None]:
    """No points after the test."""
    yield
    empty(settings.dsn)


@pytest.fixture
def api(fresh: None, client: httpx.AsyncClient, tokens: TokenFactory) -> Locations:  # noqa: ARG001 - for its effect
    """The API as an editor sees it."""
    return Locations(client, tokens.headers(1, "editor"))
