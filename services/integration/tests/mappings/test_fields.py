"""Fields that no column takes are remembered."""

import pytest
from ecatalog.db.database import Database
from integration.connectors.source import SourceField
from integration.mappings import fields
from integration.mappings.fields import keep_fields

from ..builders import add_integration, add_project, count


async def keep(database: Database, *found: SourceField, stream: str = "nomenklatura") -> None:
    async with database.transaction() as connection:
        await keep_fields(connection, 1, stream, found)


async def kept(database: Database, stream: str = "nomenklatura") -> list[tuple[str, str, int]]:
    rows = await database.fetch_rows(
        "select name, sample, filled from source_field where stream = %(stream)s order by name", {"stream": stream}
    )
    return [(name, sample, filled) for name, sample, filled in rows]


@pytest.fixture(autouse=True)
async def integration(database: Database) -> None:
    await add_project(database)
    await add_integration(database)


async def test_last_run_counts_and_fields_that_it_did_not_meet_stay(database: Database) -> None:
    await keep(database, SourceField("ИКПУ", "019", 3), SourceField("Сорт", "1", 1))
    await keep(database, SourceField("ИКПУ", "020", 5), stream="clients")
    await database.execute("update source_field set last_seen = last_seen - interval '1 day'")
    await keep(database, SourceField("ИКПУ", "021", 4))
    assert await kept(database) == [("ИКПУ", "021", 4), ("Сорт", "1", 1)]
    assert await kept(database, "clients") == [("ИКПУ", "020", 5)]
    assert await count(database, "source_field where last_seen > now() - interval '1 hour'") == 1


async def test_run_without_such_fields_writes_nothing(database: Database) -> None:
    await keep(database)
    assert await kept(database) == []


async def test_names_without_end_do_not_fill_the_table(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "MOST_FIELDS", 3)
    await keep(database, SourceField("a", "1", 9), SourceField("b", "1", 1), stream="clients")
    await keep(database, SourceField("a", "1", 9), SourceField("b", "1", 1))
    await database.execute("update source_field set last_seen = last_seen - interval '1 day'")
    await keep(database, *(SourceField(name, "1", 1) for name in ("c", "d")))
    assert [name for name, _, _ in await kept(database)] == ["a", "c", "d"]
    assert len(await kept(database, "clients")) == 2
