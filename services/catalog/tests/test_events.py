"""Each write tells what changed, in the transaction that changes it."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import psycopg
import pytest
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.registry import ENTITIES
from catalog.settings import CatalogSettings
from catalog.upsert.events import publish_changed
from ecatalog.contracts import catalog as contracts
from ecatalog.contracts.base import REGISTRY
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.events.envelope import MAX_MESSAGE_BYTES

from .builders import Catalog
from .client.test_create import FULL as CLIENT
from .nomenklatura.test_create import FULL as PRODUCT


def told(settings: CatalogSettings) -> list[tuple[str, dict[str, Any]]]:
    """(type, row) of every row of every event so far; each fits its contract."""
    with psycopg.connect(settings.dsn) as connection:
        events = connection.execute("select type, data from outbox order by seq").fetchall()
    for kind, data in events:
        REGISTRY[kind].model.model_validate(data, strict=True)
    return [(kind, row) for kind, data in events for row in data["rows"]]


async def test_each_write_tells_the_row_as_it_is_then(api: Catalog, settings: CatalogSettings) -> None:
    made = await api.make_project("P", description="12345")
    await api.patch("project/P/", {"title": "t"})
    await api.delete("project/P/")
    await api.make_project("P")
    kind = contracts.PROJECT_CHANGED.name
    rows = [row for name, row in told(settings) if name == kind]
    assert [(row["id"], row.get("title"), row["is_deleted"], row["description_length"]) for row in rows] == [
        (made["id"], None, False, 5), (made["id"], "t", False, 5), (made["id"], "t", True, 5),
        (made["id"], None, False, 0),
    ]  # fmt: skip
    assert rows[0]["created_at"] == made["created_at"]


async def test_refused_write_tells_nothing(api: Catalog, settings: CatalogSettings) -> None:
    await api.make_product("N")
    before = told(settings)
    await api.post("nomenklatura/", {"code_1c": "N", "name": "again"})
    await api.post("nomenklatura/", {"code_1c": "M", "name": "x", "project_id": 999})
    await api.patch("nomenklatura/NOPE/", {"name": "x"})
    await api.delete("nomenklatura/NOPE/")
    assert told(settings) == before


async def test_product_is_told_without_its_text_and_without_what_is_empty(
    api: Catalog, settings: CatalogSettings
) -> None:
    row = await api.make_product(**PRODUCT)
    await api.make_product("N2", name="x")
    full, small = (row for _, row in told(settings))
    shown = set(contracts.NomenklaturaRow.model_fields) - {"project_id", "description_length"}
    assert full == {name: row[name] for name in shown} | {"description_length": len("<p>d</p>")}
    assert set(small) == {
        "id", "code_1c", "name", "currency", "description_length", "is_active", "is_deleted", "created_at",
        "updated_at",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["project", "client", "nomenklatura"])
async def test_times_are_told_with_all_their_digits(api: Catalog, settings: CatalogSettings, kind: str) -> None:
    await {"project": api.make_project, "client": api.make_client, "nomenklatura": api.make_product}[kind]("X")
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(f"update {kind} set created_at = '2026-10-01T09:00:00.5+05:00'")  # noqa: S608 - a constant
    await api.patch(f"{kind}/X/", {"name": "y"})
    (_, row) = told(settings)[-1]
    assert row["created_at"] == "2026-10-01T09:00:00.500000+05:00"


async def test_client_is_told_without_the_ways_to_reach_it(api: Catalog, settings: CatalogSettings) -> None:
    await api.make_client(**CLIENT)
    ((_, row),) = told(settings)
    assert set(row) == set(contracts.ClientRow.model_fields) - {"project_id"}
    for private in ("email", "phone", "contact_person", "legal_address"):
        assert CLIENT[private] not in orjson.dumps(row).decode()


@pytest.fixture
async def database(settings: CatalogSettings, fresh: None) -> AsyncIterator[Database]:  # noqa: ARG001 - for its effect
    database = Database(settings.dsn)
    yield database
    await database.close()


async def test_many_rows_are_told_in_events_that_fit_a_message(database: Database, settings: CatalogSettings) -> None:
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(
            "insert into nomenklatura (code_1c, name, title, supplier) select n::text, repeat('х', 255),"
            " repeat('ў', 255), repeat('x', 255) from generate_series(1, 900) n"
        )
        ids = [row[0] for row in connection.execute("select id from nomenklatura order by id")]
    async with database.transaction() as writer:
        await publish_changed(writer, NOMENKLATURA, ids[::-1])
    sizes = await database.fetch_rows("select octet_length(data::text) from outbox order by seq")
    assert [row["id"] for _, row in told(settings)] == ids
    assert len(sizes) > 2
    assert max(size for (size,) in sizes) < MAX_MESSAGE_BYTES - 50_000


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES.keys())
async def test_nothing_changed_tells_nothing(database: Database, settings: CatalogSettings, entity: Entity) -> None:
    async with database.connection() as connection:
        await publish_changed(connection, entity, [])
        await publish_changed(connection, entity, [999999])
    assert told(settings) == []
