from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.http.internal_client import InternalClient
from ecatalog.projections.projects import Catalog
from ecatalog.testing.catalog import CatalogRoutes
from ecatalog.testing.databases import empty


@pytest.fixture(params=["auth", "integration"])
async def database(request: pytest.FixtureRequest, migrated: Callable[[str], str]) -> AsyncIterator[Database]:
    """The database of each service that has the projection, as its migrations create it."""
    database = Database(migrated(request.param))
    await database.open()
    yield database
    await database.close()
    empty(database.dsn)


@pytest.fixture(scope="session")
def routes() -> Iterator[CatalogRoutes]:
    routes = CatalogRoutes()
    yield routes
    routes.close()


@pytest.fixture
async def client() -> AsyncIterator[InternalClient]:
    client = InternalClient(Settings(database_url="postgresql://unused/unused"), timeout=30)
    yield client
    await client.close()


@pytest.fixture
def catalog(routes: CatalogRoutes, client: InternalClient) -> Catalog:
    """A catalog that knows no project yet and was asked for none."""
    routes.projects, routes.asked = [], []
    return Catalog(client, routes.url)
