from collections.abc import AsyncIterator

import pytest
from catalog.settings import CatalogSettings
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database


@pytest.fixture
async def database(settings: CatalogSettings) -> AsyncIterator[Database]:
    database = Database(settings.dsn)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def project(database: Database) -> int:
    """A project of the test's own."""
    sql = "insert into project (code_1c, name) values (%(code)s, 'Project') returning id"
    [project_id] = await database.execute_row(sql, {"code": uuid7().hex}) or ()
    return int(project_id)
