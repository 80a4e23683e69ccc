import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.client import running
from ecatalog.testing.databases import empty
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.tokens import TokenFactory
from fastapi import FastAPI
from media.direct_publish import service
from media.main import create
from media.settings import MediaSettings

from .builders import Media
from .catalog import Catalog

KEPT = frozenset({"image_status"})
TOPICS = ("project_image", "client_image", "nomenklatura_image", "image_status", "image_source", "thumbnail")


@pytest.fixture(scope="session")
def catalog() -> Iterator[Catalog]:
    """The catalog's internal routes, as far as media asks them."""
    catalog = Catalog()
    yield catalog
    catalog.close()


@pytest.fixture(scope="session")
def settings(
    migrated: Callable[[str], str],
    nats_server: NatsServer,
    tokens: TokenFactory,
    catalog: Catalog,
    tmp_path_factory: pytest.TempPathFactory,
) -> MediaSettings:
    return MediaSettings(
        database_url=migrated("media"), nats_url=nats_server.url, auth_url=tokens.url, catalog_url=catalog.url,
        media_folder=tmp_path_factory.mktemp("media"), picture_processes=2,
    )  # fmt: skip


@pytest.fixture(scope="session")
def app(settings: MediaSettings) -> FastAPI:
    return create(settings)


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as client:
        yield client


@pytest.fixture
async def database(settings: MediaSettings) -> AsyncIterator[Database]:
    database = Database(settings.dsn)
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the catalog as long as a busy machine takes: these tests ask what it is handed, not how fast."""
    monkeypatch.setattr(service, "AT_MOST_SECONDS", 30.0)


@pytest.fixture
def media(
    client: httpx.AsyncClient, app: FastAPI, settings: MediaSettings, catalog: Catalog, tokens: TokenFactory
) -> Iterator[Media]:
    """The API as an editor sees it: no pictures, and owners with the ids 1 and 2 in the catalog."""
    empty(settings.dsn, KEPT)
    catalog.reset()
    shutil.rmtree(settings.files, ignore_errors=True)
    app.state.caches.invalidate(*TOPICS)
    media = Media(client, settings.dsn, Path(settings.files), tokens.headers(1, "editor"))
    media.add_projects()
    yield media
    app.state.caches.invalidate(*TOPICS)
