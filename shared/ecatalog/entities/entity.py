"""Declares one kind of row that clients read and write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, LiteralString

import orjson
from pydantic import BaseModel
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from ecatalog.contracts.base import EventData, EventType
from ecatalog.db.sql import Ident, Sql, compose, join, literal
from ecatalog.entities.filters import ROW, Where
from ecatalog.entities.rendering import Rendering, column_sql
from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.column import columns_of

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # so in SQLAlchemy


@dataclass(frozen=True)
class Facts:
    """Says what a language model gets of a row that it describes.

    ``columns`` are the only ones that leave the house; ``what`` names the row to the model.
    """

    what: str
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Entity:
    """Declares the table of a row (``model``), what clients send (``body``) and get (``rendering``), and its event.

    The columns that clients write stand in a base class of ``model`` and ``body``. ``code`` is the one that names a row
    within its ``scope``, a column as well, or among all rows without one. ``conflict`` answers a code that is in use.
    ``own`` are columns in which a source of rows has no say. ``sheet`` is the workbook of such rows. ``describes`` says
    what a model gets that describes them. ``detail`` is how one row is shown alone, where it is not as in the list.
    ``derived`` are fields of the event that are no columns, by their SQL.
    """

    model: type[SQLModel]
    body: type[BaseModel]
    rendering: Rendering
    code: str
    conflict: str
    event: EventType[Any]
    event_row: type[EventData]
    sheet: SheetLayout
    scope: str | None = None
    own: frozenset[str] = frozenset()
    describes: Facts | None = None
    detail: Rendering | None = None
    derived: Mapping[str, LiteralString] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        return self.rendering.table

    @property
    def name(self) -> Ident:
        """Return the table's name, which paths and jobs hold, too."""
        return self.rendering.name

    @property
    def alone(self) -> Rendering:
        """Return how one row is shown for itself."""
        return self.detail or self.rendering

    @cached_property
    def _names(self) -> dict[str, str]:
        """Return the columns that clients write, by their attributes."""
        return {attribute: spec.name for attribute, spec in columns_of(self.body).items()}

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """Return those of the columns whose attributes have other names."""
        return {attribute: name for attribute, name in self._names.items() if attribute != name}

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Return the columns that clients write."""
        return tuple(self._names.values())

    @cached_property
    def columns(self) -> Sql:
        """Return the list of these in a statement."""
        return join(", ", map(Ident, self.written))

    def values_of(self, body: BaseModel, *, sent_only: bool = False) -> dict[str, Any]:
        """Return what a body holds, by the names of the columns."""
        values = dict(body.__dict__)  # without asking the model for each
        if sent_only:
            values = {name: values[name] for name in body.model_fields_set}
        for attribute, name in self._renamed.items():
            if attribute in values:
                values[name] = values.pop(attribute)
        return values

    @cached_property
    def unique(self) -> Sql:
        """Return the columns that distinguish a row from all others."""
        return join(", ", map(Ident, filter(None, (self.code, self.scope))))

    @cached_property
    def types(self) -> dict[str, Sql]:
        """Return the SQL type of each column."""
        return {column.name: compose(column.type.compile(_DIALECT)) for column in self.table.columns}

    @cached_property
    def sourced(self) -> tuple[str, ...]:
        """Return the columns that a source of rows may fill."""
        return tuple(name for name in self.written if name != self.scope and name not in self.own)

    @cached_property
    def defaults(self) -> dict[str, Sql]:
        """Return the SQL of what a new row gets for a column that is not given, where that is not null."""
        values = {
            name: declared.get_default(call_default_factory=True)
            for name, declared in zip(self.written, self.body.model_fields.values(), strict=True)
            if not declared.is_required()
        }
        return {name: _literal(value) for name, value in values.items() if value is not None}

    def has_code(self, code: str, where: Where) -> Where:
        """Narrow ``where`` to the live rows with a code."""
        where.add(f"t.{self.code} = {{value}}", code)
        where.add(self.rendering.live)
        return where

    @cached_property
    def event_row_sql(self) -> Sql:
        """Return SQL for the row ``t`` as its event shows it: JSON without what is empty."""
        fields = [self._event_field(name) for name in self.event_row.model_fields]
        return compose("json_object({fields} absent on null)", fields=join(", ", fields))

    def _event_field(self, name: str) -> Sql:
        value = compose(self.derived[name]) if name in self.derived else column_sql(self.table, name)
        return compose("'{name}': {value}", name=Ident(name), value=value)

    @cached_property
    def answer_sql(self) -> Sql:
        """Return the end of a statement that gives the id and the answer of the row in ``t``."""
        return compose(
            "select {row}.id, row_to_json(x) from {row}, lateral (select {fields}) x",
            row=ROW, fields=self.rendering.fields,
        )  # fmt: skip


def _literal(value: Any) -> Sql:
    return literal(value if isinstance(value, str) else orjson.dumps(value).decode())
