from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from ecatalog.testing.client import running
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory
from location.main import create
from location.settings import LocationSettings


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory) -> LocationSettings:
    return LocationSettings(database_url=migrated("location"), nats_url=nats_server.url, auth_url=tokens.url)


@pytest.fixture(scope="session")
async def client(settings: LocationSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create(settings)) as client:
        yield client
