"""A resource's answers, rendered as JSON by PostgreSQL from one declaration: its response schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import DateTime, Numeric, Table

from ecatalog.filtering import ROW, FilterSet, Terms, Where, order_sql, order_terms, reversed_terms
from ecatalog.search import Search

TIMESTAMP = "'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'"


@dataclass(frozen=True)
class Resource:
    """One kind of row and how clients see it.

    ``schema`` names the fields in their order. A field is the column of that name, unless ``nested`` gives its
    SQL, in which ``t`` is the row and ``%(base)s`` the address of the gateway as the client sees it. Answers also
    depend on the tables that ``nested`` and the filters read: ``others`` names them.
    """

    table: Table
    schema: type[BaseModel]
    nested: Mapping[str, str] = field(default_factory=dict)
    filters: FilterSet = field(default_factory=FilterSet)
    search: Search | None = None
    others: tuple[str, ...] = ()
    default_order: str = "-created_at"
    live: str = f"not {ROW}.is_deleted"

    @property
    def topic(self) -> str:
        """The name under which changes of the table are announced."""
        return self.table.name

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """All whose changes may change an answer."""
        return (self.topic, *self.others)

    @cached_property
    def fields(self) -> str:
        """The select list that renders a row."""
        return ", ".join(self._render(name) for name in self.schema.model_fields)

    def _render(self, name: str) -> str:
        if name in self.nested:
            return f"({self.nested[name]}) as {name}"
        column = self.table.c[name]
        if isinstance(column.type, DateTime):
            return f"to_char({ROW}.{name}, {TIMESTAMP}) as {name}"
        return f"{ROW}.{name}::text" if isinstance(column.type, Numeric) else f"{ROW}.{name}"

    @cached_property
    def sortable(self) -> Mapping[str, str]:
        """The names that a list may be ordered by, with their columns; a nested row is ordered by its id."""
        columns = self.table.c
        names = self.schema.model_fields
        plain = {name: name for name in names if name in columns and name not in self.nested}
        return plain | {name: f"{name}_id" for name in self.nested if f"{name}_id" in columns}

    def order(self, raw: str) -> Terms:
        """What ``ordering=a,-b`` asks for, as columns."""
        return [(self.sortable[name], how) for name, how in order_terms(raw, self.sortable, self.default_order)]

    def row_sql(self, condition: str) -> str:
        """One row as JSON."""
        return f"select row_to_json(x) from (select {self.fields} from {self.table.name} {ROW} where {condition}) x"  # noqa: S608 - built from declarations

    def page_sql(self, where: Where, order: Terms, *, backwards: bool = False) -> str:
        """A page as a JSON array; ids are chosen first, from an index if it has the order, and rows rendered after.

        ``backwards`` counts the offset from the end of the list.
        """
        return _page_sql(self.table.name, self.fields, f"{self.live} and {where.sql}", tuple(order), backwards)

    def count_sql(self, where: Where) -> str:
        return f"select count(*) from {self.table.name} {ROW} where {self.live} and {where.sql}"  # noqa: S608 - built from declarations


@lru_cache(maxsize=1000)  # an equal text is an equal object: drivers and caches compare it at once
def _page_sql(table: str, fields: str, condition: str, order: tuple[Any, ...], backwards: bool) -> str:
    walk = order_sql(reversed_terms(list(order)) if backwards else list(order))
    return (
        f"select coalesce(json_agg(row_to_json(x)), '[]'::json) from (select {fields} from unnest(array("  # noqa: S608 - built from declarations
        f"select {ROW}.id from {table} {ROW} where {condition} order by {walk} limit %(limit)s offset %(offset)s"
        f")) with ordinality chosen(id, place) join {table} {ROW} on {ROW}.id = chosen.id"
        f" order by place{' desc' if backwards else ''}) x"
    )
