"""A resource's answers, rendered as JSON by PostgreSQL from one declaration: its response schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from pydantic import BaseModel
from sqlalchemy import DateTime, Numeric, Table, Text

from ecatalog.entities.filters import ROW, FilterSet, Terms, Where, order_sql, order_terms, reversed_terms
from ecatalog.entities.search import Search
from ecatalog.security.permissions import Principal

TIMESTAMP = "'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'"


def column_sql(table: Table, name: str) -> str:
    """A column of the row as others see it: times with all their digits, decimals as text."""
    kind = table.c[name].type
    if isinstance(kind, DateTime):
        return f"to_char({ROW}.{name}, {TIMESTAMP})"
    return f"{ROW}.{name}::text" if isinstance(kind, Numeric) else f"{ROW}.{name}"


@dataclass(frozen=True, eq=False)
class Resource:
    """One kind of row and how clients see it.

    ``schema`` names the fields in their order. A field is the column of that name, unless ``nested`` gives its
    SQL, in which ``t`` is the row and ``%(base)s`` the address of the gateway as the client sees it. Answers also
    depend on the tables that ``nested`` and the filters read: ``others`` names them. ``anonymous`` is SQL in place of
    ``nested`` for those who have not signed in. ``weighed`` are the columns whose texts and JSON have no bound of their
    own, so that a page of such rows may be too much for one answer.
    """

    table: Table
    schema: type[BaseModel]
    nested: Mapping[str, str] = field(default_factory=dict)
    filters: FilterSet = field(default_factory=FilterSet)
    search: Search | None = None
    others: tuple[str, ...] = ()
    anonymous: Mapping[str, str] = field(default_factory=dict)
    default_order: str = "-created_at"
    live: str = f"not {ROW}.is_deleted"
    weighed: tuple[str, ...] = ()

    def shown_to(self, principal: Principal | None) -> "Resource":
        """The same rows as this user sees them."""
        return self._public if principal is None and self.anonymous else self

    @cached_property
    def _public(self) -> "Resource":
        return replace(self, nested={**self.nested, **self.anonymous}, anonymous={})

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
        return f"{column_sql(self.table, name)} as {name}"

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

    @cached_property
    def rows_sql(self) -> str:
        """The rows with ``ids``, in that order, as a JSON array."""
        return self._rows_sql("%(ids)s::bigint[]", "", weigh=False)

    @cached_property
    def weighed_rows_sql(self) -> str:
        """The same, but no row (here and below: null in its place) if they weigh more than ``most_bytes``."""
        return self._rows_sql("%(ids)s::bigint[]", "", weigh=True)

    def page_sql(self, order: Terms, *, backwards: bool = False, weigh: bool = False) -> str:
        """A page of all live rows as a JSON array; ``backwards`` counts the offset from the end of the list.

        Ids are chosen first, from an index if it has the order, and rows rendered after. The planner is not told the
        limit: it would plan anew for each page, which takes longer than the page.
        """
        return _page_sql(self, tuple(order), backwards, weigh)

    def ids_sql(self, where: Where, order: Terms, *, backwards: bool = False) -> str:
        """The ids of a page of the live rows that ``where`` leaves, as an array."""
        walk = order_sql(reversed_terms(order) if backwards else order)
        return (
            f"select array(select {ROW}.id from {self.table.name} {ROW} where {self.live} and {where.sql}"  # noqa: S608 - built from declarations
            f" order by {walk} limit %(limit)s offset %(offset)s)"
        )

    def walk_sql(self, where: Where, *, weigh: bool = False) -> str:
        """A page newest first as a JSON array, and where it ends: creation time and id, nulls when it is not full."""
        newest = f"{ROW}.created_at desc, {ROW}.id desc"
        rows = self._rows_sql(f"array(select {ROW}.id from chosen {ROW} order by {newest})", "asc", weigh=weigh)  # noqa: S608 - built from declarations
        return (
            f"with chosen as materialized (select {ROW}.id, {ROW}.created_at from {self.table.name} {ROW}"  # noqa: S608 - built from declarations
            f" where {self.live} and {where.sql} order by {newest} limit (select %(limit)s::bigint))"
            f" select ({rows}), last.created_at::text, last.id from (select) one left join lateral"
            " (select created_at, id from chosen where (select count(*) from chosen) = (select %(limit)s::bigint)"
            " order by created_at, id limit 1) last on true"
        )

    def _weight(self, name: str) -> str:
        """The length of a text is known without reading it; JSON is only read where it may be long."""
        column = f"{ROW}.{name}"
        if isinstance(self.table.c[name].type, Text):
            return f"octet_length({column})"
        return f"case when pg_column_size({column}) > 100 then octet_length({column}::text) end"

    def count_sql(self, where: Where) -> str:
        return f"select count(*) from {self.table.name} {ROW} where {self.live} and {where.sql}"  # noqa: S608 - built from declarations

    def _rows_sql(self, array: str, direction: str, *, weigh: bool) -> str:
        ids = "(select ids from picked)" if weigh else array
        rows = (
            f"select coalesce(json_agg(x), '[]'::json) from (select {self.fields}"  # noqa: S608 - built from declarations
            f" from unnest({ids}) with ordinality chosen(id, place)"
            f" join {self.table.name} {ROW} on {ROW}.id = chosen.id order by place {direction}) x"
        )
        if not weigh:
            return rows
        weights = " + ".join(f"coalesce({self._weight(name)}, 0)" for name in self.weighed)
        weight = (
            f"select coalesce(sum({weights}), 0) from unnest({ids}) chosen(id)"  # noqa: S608 - built from declarations
            f" join {self.table.name} {ROW} on {ROW}.id = chosen.id"
        )
        picked = f"with picked as materialized (select {array} as ids)"
        return f"{picked} select ({rows}) where ({weight}) <= %(most_bytes)s::bigint"


@lru_cache(maxsize=1000)  # an equal text is the same object: drivers and caches compare it at once
def _page_sql(resource: Resource, order: tuple[tuple[str, str], ...], backwards: bool, weigh: bool) -> str:
    walk = order_sql(reversed_terms(order) if backwards else order)
    ids = (
        f"array(select {ROW}.id from {resource.table.name} {ROW} where {resource.live} order by {walk}"  # noqa: S608 - built from declarations
        " limit (select %(limit)s::bigint) offset (select %(offset)s::bigint))"
    )
    return resource._rows_sql(ids, "desc" if backwards else "asc", weigh=weigh)
