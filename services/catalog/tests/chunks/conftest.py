from collections.abc import AsyncIterator

import pytest
from catalog.settings import CatalogSettings
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from sqlalchemy import text


@pytest.fixture
async def database(settings: CatalogSettings) -> AsyncIterator[Database]:
    database = Database(settings.dsn)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def project(database: Database) -> int:
    """A project of the test's own."""
    async with database.session() as session:
        made = await session.execute(
            text("insert into project (code_1c, name) values (:code, 'Project') returning id"), {"code": uuid7().hex}
        )
        return int(made.scalar_one())
