"""A column is declared once; at most two lines stand beside it, and a check names each that is missing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from catalog.entities.nomenklatura import NOMENKLATURA, SHEET_COLUMNS, NomenklaturaBase, NomenklaturaIn
from catalog.entities.registry import ENTITIES
from catalog.nomenklatura.schemas import NomenklaturaOut
from catalog.upsert.engine import create_one
from ecatalog.contracts.catalog import NomenklaturaRow
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.column import column, table_of
from ecatalog.fields.types import INT64, DateTime, Integer, Text
from ecatalog.http.body import Body
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.declarations import answer_lines, event_lines
from ecatalog.testing.postgres import Postgres
from pydantic import BaseModel, Field
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

ROOT = Path(__file__).parents[1]
MIGRATION = "alter table nomenklatura add column shelf varchar(30)"


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES.keys())
def test_answers_and_events_show_what_is_declared(entity: Entity) -> None:
    assert answer_lines(entity.body, entity.rendering.schema) == []
    assert event_lines(entity.model, entity.event_row, entity.derived) == []


# A field more of a product: this line, one in the answer and, as it is public, one in the event.
class WithShelf(NomenklaturaBase):
    shelf: str | None = column(Text(30), "A1", public="Where it lies.")


class WithShelfOut(NomenklaturaOut):
    shelf: str | None


class WithShelfRow(NomenklaturaRow):
    shelf: str | None = Field(default=None, description="Where it lies.")


class Base(SQLModel, registry=registry()):
    __abstract__ = True


class Product(WithShelf, Base, table=True):
    __tablename__ = "nomenklatura"

    id: int = column(Integer(INT64), primary_key=True, public="The product's id.")
    created_at: datetime = column(
        DateTime(), public="When the product was created. ISO 8601 with offset and microseconds."
    )
    updated_at: datetime = column(
        DateTime(), public="When the product last changed. ISO 8601 with offset and microseconds."
    )


class WithShelfIn(WithShelf):
    pass


PRODUCT = replace(
    NOMENKLATURA,
    model=Product,
    body=WithShelfIn,
    rendering=replace(NOMENKLATURA.rendering, table=table_of(Product), schema=WithShelfOut),
    event_row=WithShelfRow,
    sheet=SheetLayout.of(WithShelf, "Products", "products", (*SHEET_COLUMNS, "shelf"), sample=()),
)


class WithAnotherShelfOut(NomenklaturaOut):
    shelf: int


class WithAnotherShelfRow(NomenklaturaRow):
    shelf: str | None = Field(default=None, description="Its shelf.")


class WithSecretRow(WithShelfRow):
    cost_price: str | None = Field(default=None, description="What it costs.")


ANSWER_LINE = "{} lacks `shelf: str | None`"
EVENT_LINE = '{} lacks `shelf: str | None = Field(default=None, description="Where it lies.")`'


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (WithShelfOut, []),
        (NomenklaturaOut, [ANSWER_LINE.format("NomenklaturaOut")]),
        (WithAnotherShelfOut, [ANSWER_LINE.format("WithAnotherShelfOut")]),
    ],
)
def test_answer_without_a_column_is_noticed(answer: type[BaseModel], missing: list[str]) -> None:
    assert answer_lines(PRODUCT.body, answer) == missing


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        (WithShelfRow, []),
        (NomenklaturaRow, [EVENT_LINE.format("NomenklaturaRow")]),
        (WithAnotherShelfRow, [EVENT_LINE.format("WithAnotherShelfRow")]),
        (WithSecretRow, ['column `cost_price` lacks `public="What it costs."`, since WithSecretRow shows it']),
    ],
)
def test_event_without_a_public_column_or_with_another_is_noticed(row: type[BaseModel], missing: list[str]) -> None:
    assert event_lines(Product, row, PRODUCT.derived) == missing


def test_all_else_follows_from_the_declaration() -> None:
    shelf = {"type": "string", "maxLength": 30}
    schema = Body(WithShelfIn).schemas()["WithShelfIn"]["properties"]["shelf"]
    assert schema == {"anyOf": [shelf, {"type": "null"}], "default": "A1", "title": "Shelf"}
    assert (PRODUCT.types["shelf"], PRODUCT.defaults["shelf"]) == ("VARCHAR(30)", "'A1'")
    assert PRODUCT.sheet.headers[-1] == "shelf"
    assert {*PRODUCT.sourced} - {*NOMENKLATURA.sourced} == {"shelf"}


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[Database]:
    dsn = postgres.create_database("catalog_shelves")
    upgrade(ROOT, dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(MIGRATION)
    database = Database(dsn)
    yield database
    await database.close()


async def test_field_of_three_lines_and_a_migration_is_written_shown_and_published(database: Database) -> None:
    sent: dict[str, Any] = {"code_1c": "A", "name": "A", "shelf": "B7", "metadata": {"a": 1}}
    values = PRODUCT.values_of(Body(WithShelfIn).validate(sent))
    async with database.transaction() as connection:
        answer = orjson.loads(await create_one(connection, PRODUCT, values, ""))
    assert sent.items() <= answer.items()
    event = orjson.loads(await database.fetch_json("select data from outbox") or b"{}")
    assert event["rows"][0]["shelf"] == "B7"
    assert list(answer)[-1] == "shelf"
    assert "shelf" not in NomenklaturaIn.model_fields
