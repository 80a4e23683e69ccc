"""A column is declared once: the table, the request body and the specification follow from the base class."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from ecatalog.core.errors import FieldErrors
from ecatalog.fields.codes import Code
from ecatalog.fields.column import ColumnSpec, column, columns_of, sql_type
from ecatalog.fields.types import (
    INT64,
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalNumber,
    Email,
    FieldType,
    Integer,
    Json,
    Text,
    Url,
)
from ecatalog.http.body import Body
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Identity, Numeric, String, create_engine
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateTable
from sqlmodel import SQLModel, select
from starlette.datastructures import FormData

STATE = Choice(("NEW", "DONE"))


class Base(SQLModel, registry=registry()):
    __abstract__ = True


class Owner(Base, table=True):
    id: int = column(Integer(INT64), primary_key=True)


class ItemBase(BaseModel):
    owner_id: int | None = column(Integer(INT64), None, foreign_key="owner.id")
    code: str = column(Code(255, blank=False), public="Its code.")
    name: str = column(Text(255, blank=False), public="Its name.")
    notes: str | None = column(Text(), None)
    currency: str | None = column(Text(10), "UZS")
    address: str = column(Text(40), "")
    email: str | None = column(Email(100), None)
    website: str | None = column(Url(255), None)
    price: Decimal | None = column(DecimalNumber(15, 2), None, public="Its price.")
    months: int | None = column(Integer(), 0)
    expiry_date: date | None = column(Date(), None)
    tags: Any | None = column(Json(), default_factory=list)
    extra: Any | None = column(Json(), default_factory=dict, name="metadata", alias="metadata")
    sender_id: str | None = column(Text(36), None, alias="id")
    is_active: bool = column(Boolean(), True)
    state: str = column(STATE, "NEW", sa_type=String(20))
    seen_at: datetime | None = column(DateTime(), None)


class Item(ItemBase, Base, table=True):
    id: int = column(Integer(INT64), primary_key=True, sa_column_args=(Identity(always=True),))
    size: int = column(Integer(), 0, sa_type=BigInteger)


class ItemIn(ItemBase):
    pass


# The body as it is without a base class: ``ItemIn`` must have its schema and its messages.
class WrittenByHand(BaseModel):
    owner_id: Annotated[int | None, Integer(INT64)] = None
    code: Annotated[str, Code(255, blank=False)]
    name: Annotated[str, Text(255, blank=False)]
    notes: Annotated[str | None, Text()] = None
    currency: Annotated[str | None, Text(10)] = "UZS"
    address: Annotated[str, Text(40)] = ""
    email: Annotated[str | None, Email(100)] = None
    website: Annotated[str | None, Url(255)] = None
    price: Annotated[Decimal | None, DecimalNumber(15, 2)] = None
    months: Annotated[int | None, Integer()] = 0
    expiry_date: Annotated[date | None, Date()] = None
    tags: Annotated[Any | None, Json()] = Field(default_factory=list)
    metadata: Annotated[Any | None, Json()] = Field(default_factory=dict)
    id: Annotated[str | None, Text(36)] = None
    is_active: Annotated[bool, Boolean()] = True
    state: Annotated[str, STATE] = "NEW"
    seen_at: Annotated[datetime | None, DateTime()] = None


TABLE = """
CREATE TABLE item (
	owner_id BIGINT,
	code VARCHAR(255) NOT NULL,
	name VARCHAR(255) NOT NULL,
	notes TEXT,
	currency VARCHAR(10),
	address VARCHAR(40) NOT NULL,
	email VARCHAR(100),
	website VARCHAR(255),
	price NUMERIC(15, 2),
	months INTEGER,
	expiry_date DATE,
	tags JSONB,
	metadata JSONB,
	sender_id VARCHAR(36),
	is_active BOOLEAN NOT NULL,
	state VARCHAR(20) NOT NULL,
	seen_at TIMESTAMP WITH TIME ZONE,
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	size BIGINT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(owner_id) REFERENCES owner (id)
)
"""

OPTIONAL = frozenset(ItemIn.model_fields) - {"name"}
SENT = {"code": "A", "name": "N", "price": "1.5", "metadata": {"a": 1}, "id": "x", "extra": 1, "state": "DONE"}


def schema_of(body: Body[Any]) -> Any:
    schema = body.schemas()[body.model.__name__]
    return list(schema["properties"]), {**schema, "title": ""}


@pytest.mark.parametrize("named", [{}, {"partial": True}, {"optional": OPTIONAL}], ids=["new", "part", "whole"])
def test_body_has_the_schema_of_one_written_by_hand(named: dict[str, Any]) -> None:
    by_hand = dict(named)
    if "optional" in named:
        by_hand["optional"] = frozenset(WrittenByHand.model_fields) - {"name"}
    properties, schema = schema_of(Body(ItemIn, **named))
    expected_properties, expected = schema_of(Body(WrittenByHand, **by_hand))
    assert properties == expected_properties
    assert schema == expected


def test_table_has_the_columns_that_follow_from_the_types() -> None:
    table: Any = Item.__table__  # type: ignore[attr-defined]  # SQLAlchemy sets it on classes of tables
    ddl = str(CreateTable(table).compile(create_engine("postgresql+psycopg://")))
    assert [line.rstrip() for line in ddl.strip().splitlines()] == TABLE.strip().splitlines()


@pytest.mark.parametrize("model", [ItemBase, ItemIn, Body(ItemIn, partial=True).model])
def test_specification_is_inherited(model: type[BaseModel]) -> None:
    specs = columns_of(model)
    assert list(specs) == list(ItemBase.model_fields)
    assert specs["code"] == ColumnSpec(Code(255, blank=False), "Its code.", "code")
    assert specs["extra"] == ColumnSpec(Json(), None, "metadata")
    assert [name for name, spec in specs.items() if spec.public] == ["code", "name", "price"]


def test_row_of_the_table_is_made_and_selected_by_attributes() -> None:
    values: dict[str, Any] = {"code": "A", "name": "N"}
    assert Item(**values).extra == {}
    assert str(select(Item.extra)) == "SELECT item.metadata \nFROM item"


def test_table_knows_its_own_columns_too() -> None:
    assert list(columns_of(Item)) == [*ItemBase.model_fields, "id", "size"]


def test_attribute_is_read_by_the_name_that_clients_use() -> None:
    item = Body(ItemIn).validate(SENT)
    assert item.model_fields_set == {"code", "name", "price", "extra", "sender_id", "state"}
    assert (item.price, item.extra, item.sender_id, item.tags) == (Decimal("1.50"), {"a": 1}, "x", [])
    assert list(item.__dict__) == list(ItemBase.model_fields)


@pytest.mark.parametrize("named", [{}, {"partial": True}], ids=["new", "part"])
def test_errors_carry_the_names_that_clients_use_in_the_order_of_the_fields(named: dict[str, Any]) -> None:
    wrong = {"code": "", "name": None, "months": "x", "metadata": "\x00", "id": "x" * 37, "is_active": None}
    refused: list[Any] = []
    for model in (ItemIn, WrittenByHand):
        with pytest.raises(FieldErrors) as raised:
            Body(model, **named).validate(wrong)
        refused.append(list(raised.value.body.items()))
    assert refused[0] == refused[1]
    assert [name for name, _ in refused[0]] == list(wrong)


def test_form_is_read_as_one_of_a_body_written_by_hand() -> None:
    form = FormData([("code", "A"), ("name", "N"), ("metadata", '{"a": 1}'), ("id", "x")])
    read = [Body(model)._from_form(form) for model in (ItemIn, WrittenByHand)]
    assert read[0] == read[1]
    assert Body(ItemIn).validate(read[0]).extra == {"a": 1}


def test_type_without_sql_type_is_refused() -> None:
    with pytest.raises(TypeError, match="has no SQL type"):
        column(FieldType())


def test_service_registers_the_sql_type_of_its_own_field_type() -> None:
    class Degrees(FieldType):
        """A field type that only one service has."""

    @sql_type.register
    def _(_: Degrees) -> Numeric[Any]:
        return Numeric(9, 6)

    assert column(Degrees()).sa_type.scale == 6
