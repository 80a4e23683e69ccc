from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from ecatalog.testing.client import running
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory
from integration.main import create
from integration.settings import IntegrationSettings


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory) -> IntegrationSettings:
    return IntegrationSettings(database_url=migrated("integration"), nats_url=nats_server.url, auth_url=tokens.url)


@pytest.fixture(scope="session")
async def client(settings: IntegrationSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create(settings)) as client:
        yield client
