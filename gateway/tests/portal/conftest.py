"""A portal that knows one live service (location's api) and nothing of the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.ports import free_port
from ecatalog.testing.tokens import TokenFactory
from location.main import create as create_location
from location.settings import LocationSettings
from portal.settings import SERVICES, PortalSettings

NOWHERE = "http://127.0.0.1:9"


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=free_port(), log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture(scope="module")
async def settings(
    migrated: Callable[[str], str], nats_server: NatsServer, tokens: TokenFactory
) -> AsyncIterator[PortalSettings]:
    settings = LocationSettings(database_url=migrated("location"), nats_url=nats_server.url, auth_url=tokens.url)
    async with served(create_location(settings)) as url:
        nowhere = {f"{name}_{kind}": NOWHERE for name in SERVICES for kind in ("url", "worker_url")}
        yield PortalSettings.model_validate(nowhere | {"location_url": url, "location_worker_url": url})
