"""Declares a column of a table together with the rules of what clients send for it.

A base class states each column once; the table and the request body derive from it::

    class ItemBase(BaseModel):
        brand: str | None = column(Text(150), None, public="Its brand.")

    class Item(ItemBase, Base, table=True): ...
    class ItemIn(ItemBase): ...

The base class is pydantic's, not SQLModel's: a body derived from SQLModel takes half as long again to read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import sqlalchemy
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from ecatalog.fields.types import (
    INT32,
    MAX_LENGTH,
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalNumber,
    FieldType,
    Integer,
    Json,
    Text,
)

SqlType = TypeEngine[Any] | type[TypeEngine[Any]]


@dataclass(frozen=True)
class ColumnSpec:
    """The declaration of a column. ``public`` is the sentence that describes it in events; without one it is in none.

    ``name`` is the column's name in the database.
    """

    type: FieldType
    public: str | None = None
    name: str = ""


def column(
    type: FieldType,
    default: Any = PydanticUndefined,
    *,
    public: str | None = None,
    name: str = "",
    alias: str | None = None,
    sa_type: SqlType | None = None,
    default_factory: Callable[[], Any] | None = None,
    **options: Any,
) -> Any:
    """Declare a field of a base class whose table has this column.

    ``name`` and ``alias`` are its names in the database and for clients where the attribute has another one.
    ``sa_type`` replaces the SQL type that follows from ``type``. The other options are those of SQLModel's ``Field``:
    ``nullable``, ``foreign_key``, ``index`` …
    """
    if name:
        options["sa_column_kwargs"] = {"name": name, **options.get("sa_column_kwargs", {})}
    field = Field(default, default_factory=default_factory, alias=alias, sa_type=sa_type or sql_type(type), **options)
    # pydantic validates by the type and passes the specification on to subclasses.
    field.metadata += [type, ColumnSpec(type, public, name)]
    return field


def columns_of(model: type[BaseModel]) -> dict[str, ColumnSpec]:
    """Return the columns that a base class, or a class derived from it, declares, by their attributes."""
    return {
        attribute: replace(spec, name=spec.name or attribute)
        for attribute, field in model.model_fields.items()
        for spec in field.metadata
        if isinstance(spec, ColumnSpec)
    }


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a class that was declared with ``table=True``."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it when the class is made
    return table


@singledispatch
def sql_type(type: FieldType) -> TypeEngine[Any]:
    """Return the SQL type of a field type's values. Register it for a field type of your own."""
    raise TypeError(f"{type!r} has no SQL type")


@sql_type.register
def _(type: Text) -> TypeEngine[Any]:
    return sqlalchemy.Text() if type.max_length == MAX_LENGTH else sqlalchemy.String(type.max_length)


@sql_type.register
def _(_: Choice) -> TypeEngine[Any]:
    return sqlalchemy.Text()


@sql_type.register
def _(_: Boolean) -> TypeEngine[Any]:
    return sqlalchemy.Boolean()


@sql_type.register
def _(type: Integer) -> TypeEngine[Any]:
    return sqlalchemy.Integer() if type.bounds == INT32 else sqlalchemy.BigInteger()


@sql_type.register
def _(type: DecimalNumber) -> TypeEngine[Any]:
    return sqlalchemy.Numeric(type.digits, type.places)


@sql_type.register
def _(_: Date) -> TypeEngine[Any]:
    return sqlalchemy.Date()


@sql_type.register
def _(_: DateTime) -> TypeEngine[Any]:
    return sqlalchemy.DateTime(timezone=True)


@sql_type.register
def _(_: Json) -> TypeEngine[Any]:
    return JSONB()
