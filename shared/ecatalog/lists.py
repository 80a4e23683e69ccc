"""Reading the pages of resources."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ecatalog.caching import VersionedCache, json_response
from ecatalog.db import Database
from ecatalog.errors import FieldErrors
from ecatalog.filtering import ROW, Where, has_trigram
from ecatalog.paging import PARAMETERS, Page, cursor_envelope, encode_cursor, envelope
from ecatalog.resource import Resource
from ecatalog.search import CLOSEST, NEWEST, Folder, Search, words_of

Style = Literal["limit", "page"]

DEEP = 1000
"""Rows to skip from which on it matters to count them from the nearer end."""

SIMILAR = {"X-Search": "similar"}
"""Says that nothing holds what was searched, and that the rows only look like it."""


def base_url(request: Request) -> str:
    """The address of the gateway as the client sees it."""
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}"


def own_url(request: Request) -> str:
    """The whole address that was asked."""
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    return f"{base_url(request)}{quote(scope['path'])}{'?' if query else ''}{query}"


class Lists:
    """Reads the pages of resources; keeps counts until the table changes."""

    def __init__(self, database: Database, counts: VersionedCache[int]) -> None:
        self._database = database
        self._counts = counts
        self._folder = Folder(database)

    async def answer(self, request: Request, resource: Resource, where: Where, default: Style = "limit") -> Response:
        """The page that a request asks for, of the rows that ``where`` lets it see."""
        query = request.query_params
        words = words_of(query.get("search", "")) if resource.search else []
        if not words:
            return json_response(request, await self.page(resource, query, where, own_url(request), default))
        found = _Question(resource, query, where, own_url(request), default)
        body, exact = await self._find(found, words)
        response = json_response(request, body)
        if not exact:
            response.headers.update(SIMILAR)
        return response

    async def page(
        self, resource: Resource, query: Mapping[str, str], where: Where, url: str, default: Style = "limit"
    ) -> bytes:
        """The enveloped page that ``query`` asks for, its search left aside. ``url`` is the request's own."""
        asked = _Question(resource, query, where, url, default)
        size = asked.page.size
        if asked.page.style == "cursor":
            return asked.walk_envelope(await self._rows(asked, size, 0))
        count = await self._count(resource, where)
        skipped = asked.page.skipped(count)
        behind = count - skipped - size
        if skipped >= count:
            rows = b"[]"
        elif skipped > DEEP and behind < skipped:
            rows = await self._rows(asked, size + min(behind, 0), max(behind, 0), backwards=True)
        else:
            rows = await self._rows(asked, size, skipped)
        return envelope(asked.page, count, skipped, url, rows)

    async def _rows(self, asked: "_Question", limit: int, offset: int, *, backwards: bool = False) -> bytes:
        resource, where = asked.resource, asked.where
        place = {"limit": limit, "offset": offset}
        if not where.narrows:
            sql = resource.page_sql(asked.order, backwards=backwards)
            return await self._database.fetch_json(sql, asked.base | place) or b"[]"
        sql = resource.ids_sql(where, asked.order, backwards=backwards)
        row = await self._database.fetch_row(sql, where.parameters | place, prepare=False)
        ids = row[0] if row else []
        return await self._render(asked, ids[::-1] if backwards else ids)

    async def _render(self, asked: "_Question", ids: list[int]) -> bytes:
        if not ids:
            return b"[]"
        return await self._database.fetch_json(asked.resource.rows_sql, asked.base | {"ids": ids}) or b"[]"

    async def _count(self, resource: Resource, where: Where) -> int:
        topics = resource.topics if where.narrows else (resource.topic,)
        key = (resource.topic, where.key)
        known = self._counts.get(key)
        if known is not None:
            return known
        version = self._counts.version(*topics)
        row = await self._database.fetch_row(resource.count_sql(where), where.parameters, prepare=False)
        count = int(row[0]) if row else 0
        self._counts.put(topics, key, count, version)
        return count

    async def _find(self, asked: "_Question", words: list[str]) -> tuple[bytes, bool]:
        """The enveloped page of what was searched, and whether the words were found as they stand."""
        search = asked.search
        folded = await self._folder.fold(words)
        body = await self._hits(asked, search.matching(folded, asked.where))
        if body is not None:
            return body, True
        phrase = " ".join(spellings[0] for spellings in folded)
        if has_trigram(phrase):
            body = await self._hits(asked, *search.similar(phrase, asked.where))
        return body or asked.envelope(0, b"[]", 0), body is None

    async def _hits(self, asked: "_Question", condition: str, closeness: str = "") -> bytes | None:
        """The enveloped page of the rows whose key fulfils the condition; None when there are none.

        The closest come first, where closeness is told and no other order was asked.
        """
        resource, search, order = asked.resource, asked.search, asked.order
        hits = search.hits_sql(resource.table.name, condition, asked.where, resource.live, order, closeness or "0")
        if closeness and not asked.is_ordered:
            order = [CLOSEST, *order]
        sql = search.ids_sql(hits, order)
        skipped = asked.page.skipped_unseen
        while True:
            place = {"limit": asked.page.size, "offset": skipped}
            row = await self._database.fetch_row(sql, asked.where.parameters | place, prepare=False)
            count, ids = row or (0, [])
            if not count:
                return None
            if skipped == asked.page.skipped(count):
                return asked.envelope(count, await self._render(asked, ids), skipped)
            skipped = asked.page.skipped(count)


class ListParameters:
    """A dependency that documents the query parameters of a resource's list; the list itself reads them."""

    def __init__(self, resource: Resource) -> None:
        search = [("search", "Words, each of them anywhere in the row, in any script.")] if resource.search else []
        texts = [*search, ("ordering", "Fields of the row, `-` before one turns it round.")]
        self.parameters = [
            *({"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
              for name, text in texts),
            *resource.filters.parameters,
            *PARAMETERS,
        ]  # fmt: skip

    def __call__(self, request: Request) -> None:
        """Nothing is read here."""


class _Question:
    """What a request asks of a list."""

    def __init__(self, resource: Resource, query: Mapping[str, str], where: Where, url: str, default: Style) -> None:
        self.resource = resource
        self.where = where
        self.url = url
        self.page = Page.of(query, default)
        resource.filters.apply(query, where)
        self.order = resource.order(query.get("ordering", ""))
        self.is_ordered = bool(query.get("ordering"))
        if self.page.style == "cursor":
            self._start_after(query)

    @property
    def search(self) -> Search:
        if self.resource.search is None:
            raise TypeError(f"{self.resource.topic} has no search")
        return self.resource.search

    def _start_after(self, query: Mapping[str, str]) -> None:
        if query.get("ordering"):
            raise FieldErrors({"cursor": ["A cursor walks newest first; it does not go with ordering."]})
        self.order = NEWEST
        if self.page.after:
            created, row_id = (self.where.parameter(value) for value in self.page.after)
            self.where.add(f"({ROW}.created_at, {ROW}.id) < ({created}::timestamptz, {row_id}::bigint)")

    @property
    def base(self) -> dict[str, Any]:
        return {"base": self.url.split("/api/", 1)[0]}

    def envelope(self, count: int, rows: bytes, skipped: int) -> bytes:
        if self.page.style == "cursor":
            return self.walk_envelope(rows)
        return envelope(self.page, count, skipped, self.url, rows)

    def walk_envelope(self, rows: bytes) -> bytes:
        listed = orjson.loads(rows)
        last = listed[-1] if len(listed) == self.page.size else None
        return cursor_envelope(self.url, last and encode_cursor(last["created_at"], last["id"]), rows)
