from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from catalog.main import create
from catalog.settings import CatalogSettings
from ecatalog.testing.client import running
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory) -> CatalogSettings:
    return CatalogSettings(database_url=migrated("catalog"), nats_url=nats_server.url, auth_url=tokens.url)


@pytest.fixture(scope="session")
async def client(settings: CatalogSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create(settings)) as client:
        yield client
