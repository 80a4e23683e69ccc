from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from ecatalog.db.database import Database
from ecatalog.http.internal_client import InternalClient
from integration.settings import IntegrationSettings
from integration.worker import create

from ..builders import add_integration, add_project
from ..catalog import CatalogApi, CatalogWorker
from ..keyed import KeyedCatalog
from .loading import Loader
from .stepping import SteppingLoader


@pytest.fixture
def keyed_catalog(catalog: CatalogApi) -> Iterator[KeyedCatalog]:
    catalog.keyed = KeyedCatalog()
    yield catalog.keyed
    catalog.keyed = None


@pytest.fixture
async def loader(
    settings: IntegrationSettings, database: Database, keyed_catalog: KeyedCatalog
) -> AsyncIterator[Loader]:
    """Loads files, step by step in this process."""
    await _add_integration(database)
    async with stepping(settings, database, keyed_catalog) as loader:
        yield loader


@asynccontextmanager
async def stepping(
    settings: IntegrationSettings, database: Database, catalog: KeyedCatalog
) -> AsyncIterator[SteppingLoader]:
    client = InternalClient(settings, timeout=20)
    yield SteppingLoader(database, catalog, settings, client)
    await client.close()


@pytest.fixture
async def worker_loader(
    settings: IntegrationSettings, database: Database, catalog_worker: CatalogWorker
) -> AsyncIterator[Loader]:
    """Loads files, which a worker runs."""
    await _add_integration(database)
    async with create(settings).working():
        yield Loader(database, catalog_worker.keyed)


async def _add_integration(database: Database) -> None:
    """The integration 1, that files are brought to: its chunks have at most ten rows."""
    await add_project(database)
    await add_integration(database, "", kind="commerceml-file")
