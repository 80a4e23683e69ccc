"""Statements of searches are planned once where the words decide little, and each time where filters do."""

from collections.abc import AsyncIterator

import pytest
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.settings import CatalogSettings
from ecatalog.caching.caches import Caches
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.listing.entity_list import Lists
from ecatalog.listing.list_request import ListRequest

PREPARED = "select count(*) from pg_prepared_statements where position('with hit as' in statement) > 0"


@pytest.fixture
async def alone(settings: CatalogSettings) -> AsyncIterator[Database]:
    """A database with one connection, which therefore knows all that was prepared."""
    database = Database(settings.dsn, pool_size=1)
    await database.open()
    yield database
    await database.close()


async def prepared_by(database: Database, **query: str) -> int:
    """The statements that are prepared once a list was asked for twice."""
    lists = Lists(database, Caches())
    for _ in range(2):
        asked = ListRequest(query, "http://shop/api/v1/nomenklatura/", None)
        await lists.page(asked, NOMENKLATURA.rendering, Where())
    prepared: int = await database.fetch_value(PREPARED)
    return prepared


async def test_search_is_prepared(alone: Database) -> None:
    assert await prepared_by(alone, search="shokolad") > 0


@pytest.mark.parametrize("narrowing", [{"brand": "Lacta"}, {"ordering": "name"}, {"created_from": "2026-01-01"}])
async def test_narrowed_or_ordered_search_is_planned_each_time(alone: Database, narrowing: dict[str, str]) -> None:
    assert await prepared_by(alone, search="shokolad", **narrowing) == 0
