"""A resource's answers, rendered as JSON by PostgreSQL from one declaration: its response schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from pydantic import BaseModel
from sqlalchemy import DateTime, Numeric, Table

from ecatalog.caching import VersionedCache
from ecatalog.db import Database
from ecatalog.errors import FieldErrors
from ecatalog.filtering import ROW, FilterSet, Where, order_by
from ecatalog.paging import Page, cursor_envelope, encode_cursor, envelope

TIMESTAMP = "'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM'"


@dataclass(frozen=True)
class Search:
    """Where a resource's folded search keys are kept: ``table(id, key)``, and the SQL function that folds."""

    table: str
    fold: str = "fold"

    def apply(self, phrase: str, where: Where) -> None:
        """Each word of the phrase anywhere in the key."""
        for word in phrase.split()[:10]:
            where.add(
                f"{ROW}.id in (select id from {self.table} where key like '%%' || {self.fold}({{value}}) || '%%')",  # noqa: S608 - built from declarations
                word,
            )


@dataclass(frozen=True)
class Resource:
    """One kind of row and how clients see it.

    ``schema`` names the fields in their order. A field is the column of that name, unless ``nested`` gives its
    SQL, in which ``t`` is the row and ``%(base)s`` the address of the gateway as the client sees it.
    """

    table: Table
    schema: type[BaseModel]
    nested: Mapping[str, str] = field(default_factory=dict)
    filters: FilterSet = field(default_factory=FilterSet)
    default_order: str = "-created_at"
    live: str = f"not {ROW}.is_deleted"

    @property
    def topic(self) -> str:
        """The name under which changes of the table are announced."""
        return self.table.name

    @cached_property
    def fields(self) -> str:
        """The select list that renders a row."""
        return ", ".join(f"{self._render(name)} as {name}" for name in self.schema.model_fields)

    def _render(self, name: str) -> str:
        if name in self.nested:
            return f"({self.nested[name]})"
        column = self.table.c[name]
        if isinstance(column.type, DateTime):
            return f"to_char({ROW}.{name}, {TIMESTAMP})"
        return f"{ROW}.{name}::text" if isinstance(column.type, Numeric) else f"{ROW}.{name}"

    @cached_property
    def sortable(self) -> frozenset[str]:
        """The columns that a list may be ordered by."""
        return frozenset(name for name in self.schema.model_fields if name in self.table.c and name not in self.nested)

    def row_sql(self, condition: str) -> str:
        """One row as JSON."""
        return f"select row_to_json(x) from (select {self.fields} from {self.table.name} {ROW} where {condition}) x"  # noqa: S608 - built from declarations

    def page_sql(self, where: Where, order: str) -> str:
        """A page as a JSON array, with the position of its last row; ids are chosen first, rows rendered after."""
        return (
            f"with chosen as materialized (select {ROW}.id, row_number() over (order by {order}) as place"  # noqa: S608 - built from declarations
            f" from {self.table.name} {ROW} where {self.live} and {where.sql}"
            f" order by {order} limit %(limit)s offset %(offset)s)"
            f" select coalesce(json_agg(row_to_json(x)), '[]'::json) from"
            f" (select {self.fields} from chosen join {self.table.name} {ROW} using (id) order by chosen.place) x"
        )

    def count_sql(self, where: Where) -> str:
        return f"select count(*) from {self.table.name} {ROW} where {self.live} and {where.sql}"  # noqa: S608 - built from declarations


class Lists:
    """Reads the pages of resources; keeps counts until the table changes."""

    def __init__(self, database: Database, counts: VersionedCache[int]) -> None:
        self._database = database
        self._counts = counts

    async def page(
        self, resource: Resource, query: Mapping[str, str], where: Where, url: str, default: Any = "limit"
    ) -> bytes:
        """The enveloped page that ``query`` asks for. ``url`` is the request's own; ``where`` narrows what is seen."""
        page = Page.of(query, default)
        resource.filters.apply(query, where)
        base = {"base": url.split("/api/", 1)[0]}
        if page.style == "cursor":
            return await self._walk(resource, page, query, where, url, base)
        order = order_by(query.get("ordering", ""), resource.sortable, resource.default_order)
        count = await self._count(resource, where)
        skipped = page.skipped(count)
        if skipped >= count:
            return envelope(page, count, skipped, url, b"[]")
        parameters = where.parameters | base | {"limit": page.size, "offset": skipped}
        rows = await self._database.fetch_json(resource.page_sql(where, order), parameters)
        return envelope(page, count, skipped, url, rows or b"[]")

    async def _count(self, resource: Resource, where: Where) -> int:
        key = (resource.topic, where.key)
        known = self._counts.get(key)
        if known is not None:
            return known
        version = self._counts.version(resource.topic)
        row = await self._database.fetch_row(resource.count_sql(where), where.parameters)
        count = int(row[0]) if row else 0
        self._counts.put(resource.topic, key, count, version)
        return count

    async def _walk(
        self,
        resource: Resource,
        page: Page,
        query: Mapping[str, str],
        where: Where,
        url: str,
        base: dict[str, str],
    ) -> bytes:
        if query.get("ordering"):
            raise FieldErrors({"cursor": ["A cursor walks newest first; it does not go with ordering."]})
        if page.after:
            where.add(f"{ROW}.created_at <= {{value}}::timestamptz", page.after[0])
            created = f"%(f{len(where.parameters) - 1})s::timestamptz"
            where.add(f"({ROW}.created_at, {ROW}.id) < ({created}, {{value}})", page.after[1])
        order = f"{ROW}.created_at desc, {ROW}.id desc"
        parameters = where.parameters | base | {"limit": page.size, "offset": 0}
        rows = await self._database.fetch_json(resource.page_sql(where, order), parameters) or b"[]"
        listed = orjson.loads(rows)
        last = listed[-1] if len(listed) == page.size else None
        return cursor_envelope(url, last and encode_cursor(last["created_at"], last["id"]), rows)
