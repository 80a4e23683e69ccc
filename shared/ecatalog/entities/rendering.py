"""Renders the answers of an entity as JSON, by PostgreSQL and from one declaration: the schema of its response."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import LiteralString

from pydantic import BaseModel
from sqlalchemy import DateTime, Numeric, Table, Text

from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.entities.filters import NEWEST, ROW, FilterSet, Terms, Where, order_sql, order_terms, reversed_terms
from ecatalog.entities.search import Search
from ecatalog.security.permissions import Principal

LIVE = compose("not {row}.is_deleted", row=ROW)


def column_sql(table: Table, name: str) -> Sql:
    """Return a column of the row as others see it: times with all their digits, decimals as text."""
    kind = table.c[name].type
    column = compose("{row}.{name}", row=ROW, name=Ident(name))
    if isinstance(kind, DateTime):
        return compose("to_char({column}, {format})", column=column, format=TIMESTAMP)
    return compose("{column}::text", column=column) if isinstance(kind, Numeric) else column


@dataclass(frozen=True, eq=False)
class Rendering:
    """Describes one kind of row and how clients see it.

    ``schema`` names the fields in their order. A field is the column of that name, unless ``nested`` gives its
    SQL, in which ``t`` is the row and ``%(base)s`` the address of the gateway as the client sees it. Answers also
    depend on the tables that ``nested`` and the filters read: ``others`` names them. ``anonymous`` is SQL in place of
    ``nested`` for those who have not signed in. ``weighed`` are the columns whose texts and JSON have no bound of their
    own, so that a page of such rows may be too much for one answer.
    """

    table: Table
    schema: type[BaseModel]
    nested: Mapping[str, LiteralString] = field(default_factory=dict)
    filters: FilterSet = field(default_factory=FilterSet)
    search: Search | None = None
    others: tuple[str, ...] = ()
    anonymous: Mapping[str, LiteralString] = field(default_factory=dict)
    default_order: str = "-created_at"
    live: Sql = LIVE
    weighed: tuple[str, ...] = ()

    def shown_to(self, principal: Principal | None) -> "Rendering":
        """Return the rendering of these rows for this user."""
        return self._public if principal is None and self.anonymous else self

    @cached_property
    def _public(self) -> "Rendering":
        return replace(self, nested={**self.nested, **self.anonymous}, anonymous={})

    @property
    def topic(self) -> str:
        """Return the name under which changes of the table are announced."""
        return self.table.name

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Return all topics whose changes may change an answer."""
        return (self.topic, *self.others)

    @cached_property
    def name(self) -> Ident:
        """Return the table's name, as it stands in statements."""
        return Ident(self.table.name)

    @cached_property
    def fields(self) -> Sql:
        """Return the select list that renders a row."""
        return join(", ", [self._render(name) for name in self.schema.model_fields])

    def _render(self, name: str) -> Sql:
        if name in self.nested:
            return compose("({sql}) as {name}", sql=compose(self.nested[name]), name=Ident(name))
        return compose("{column} as {name}", column=column_sql(self.table, name), name=Ident(name))

    @cached_property
    def sortable(self) -> Mapping[str, str]:
        """Return the names that a list may be ordered by, with their columns; a nested row is ordered by its id."""
        columns = self.table.c
        names = self.schema.model_fields
        plain = {name: name for name in names if name in columns and name not in self.nested}
        return plain | {name: f"{name}_id" for name in self.nested if f"{name}_id" in columns}

    def order(self, raw: str) -> Terms:
        """Return the columns that ``ordering=a,-b`` asks for."""
        return [(self.sortable[name], how) for name, how in order_terms(raw, self.sortable, self.default_order)]

    def row_sql(self, condition: LiteralString) -> Sql:
        """Return SQL for one row as JSON."""
        return _row_sql(self, condition)

    @cached_property
    def rows_sql(self) -> Sql:
        """Return SQL for the rows with ``ids``, in that order, as a JSON array."""
        return self._rows_sql(compose("%(ids)s::bigint[]"), "", weigh=False)

    @cached_property
    def weighed_rows_sql(self) -> Sql:
        """Return the same SQL; it gives no row, or null within other SQL, for rows heavier than ``most_bytes``."""
        return self._rows_sql(compose("%(ids)s::bigint[]"), "", weigh=True)

    def page_sql(self, order: Terms, *, backwards: bool = False, weigh: bool = False) -> Sql:
        """Return SQL for a page of all live rows as a JSON array; ``backwards`` counts the offset from the list's end.

        Ids are chosen first, from an index if it has the order, and rows rendered after. The planner is not told the
        limit: it would plan anew for each page, which takes longer than the page.
        """
        return _page_sql(self, tuple(order), backwards, weigh)

    def ids_sql(self, where: Where, order: Terms, *, backwards: bool = False) -> Sql:
        """Return SQL for the ids of a page of the live rows that ``where`` leaves, as an array."""
        walk = order_sql(reversed_terms(order) if backwards else order)
        return compose(
            "select array(select {row}.id from {table} {row} where {live} and {where} order by {walk}"
            " limit %(limit)s offset %(offset)s)",
            row=ROW, table=self.name, live=self.live, where=where.sql, walk=walk,
        )  # fmt: skip

    def walk_sql(self, where: Where, *, weigh: bool = False) -> Sql:
        """Return SQL for a page newest first as JSON, and for the time and id where it ends, null if it is not full."""
        newest = order_sql(NEWEST)
        array = compose("array(select {row}.id from chosen {row} order by {newest})", row=ROW, newest=newest)
        return compose(
            "with chosen as materialized (select {row}.id, {row}.created_at from {table} {row}"
            " where {live} and {where} order by {newest} limit (select %(limit)s::bigint))"
            " select ({rows}), last.created_at::text, last.id from (select) one left join lateral"
            " (select created_at, id from chosen where (select count(*) from chosen) = (select %(limit)s::bigint)"
            " order by created_at, id limit 1) last on true",
            row=ROW, table=self.name, live=self.live, where=where.sql, newest=newest,
            rows=self._rows_sql(array, "asc", weigh=weigh),
        )  # fmt: skip

    def _weight(self, name: str) -> Sql:
        """Return SQL for the bytes of a column. A text is not read for its length; JSON is, where it may be long."""
        column = compose("{row}.{name}", row=ROW, name=Ident(name))
        if isinstance(self.table.c[name].type, Text):
            return compose("coalesce(octet_length({column}), 0)", column=column)
        return compose(
            "coalesce(case when pg_column_size({column}) > 100 then octet_length({column}::text) end, 0)", column=column
        )

    def count_sql(self, where: Where) -> Sql:
        return compose(
            "select count(*) from {table} {row} where {live} and {where}",
            table=self.name, row=ROW, live=self.live, where=where.sql,
        )  # fmt: skip

    def _rows_sql(self, array: Sql, direction: LiteralString, *, weigh: bool) -> Sql:
        ids = compose("(select ids from picked)") if weigh else array
        rows = compose(
            "select coalesce(json_agg(x), '[]'::json) from (select {fields}"
            " from unnest({ids}) with ordinality chosen(id, place)"
            " join {table} {row} on {row}.id = chosen.id order by place {direction}) x",
            fields=self.fields, ids=ids, table=self.name, row=ROW, direction=compose(direction),
        )  # fmt: skip
        if not weigh:
            return rows
        return compose(
            "with picked as materialized (select {array} as ids) select ({rows})"
            " where (select coalesce(sum({weights}), 0) from unnest({ids}) chosen(id)"
            " join {table} {row} on {row}.id = chosen.id) <= %(most_bytes)s::bigint",
            array=array, rows=rows, weights=join(" + ", [self._weight(name) for name in self.weighed]), ids=ids,
            table=self.name, row=ROW,
        )  # fmt: skip


@lru_cache(maxsize=1000)
def _row_sql(rendering: Rendering, condition: LiteralString) -> Sql:
    return compose(
        "select row_to_json(x) from (select {fields} from {table} {row} where {condition}) x",
        fields=rendering.fields, table=rendering.name, row=ROW, condition=compose(condition),
    )  # fmt: skip


@lru_cache(maxsize=1000)  # an equal text is the same object: drivers and caches compare it at once
def _page_sql(rendering: Rendering, order: tuple[tuple[str, str], ...], backwards: bool, weigh: bool) -> Sql:
    walk = order_sql(reversed_terms(order) if backwards else order)
    ids = compose(
        "array(select {row}.id from {table} {row} where {live} order by {walk}"
        " limit (select %(limit)s::bigint) offset (select %(offset)s::bigint))",
        row=ROW, table=rendering.name, live=rendering.live, walk=walk,
    )  # fmt: skip
    return rendering._rows_sql(ids, "desc" if backwards else "asc", weigh=weigh)
