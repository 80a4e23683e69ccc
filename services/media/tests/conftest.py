from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from ecatalog.testing.client import running
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory
from media.main import create
from media.settings import MediaSettings


@pytest.fixture(scope="session")
def settings(migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory) -> MediaSettings:
    return MediaSettings(database_url=migrated("media"), nats_url=nats_server.url, auth_url=tokens.url)


@pytest.fixture(scope="session")
async def client(settings: MediaSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create(settings)) as client:
        yield client
