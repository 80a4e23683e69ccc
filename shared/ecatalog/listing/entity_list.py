"""Reads the pages of lists."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from ecatalog.caching.caches import Caches
from ecatalog.caching.etag import json_response
from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.entities.rendering import Rendering
from ecatalog.listing.counts import Counts, Memory
from ecatalog.listing.list_request import ListRequest, Style, last_position
from ecatalog.listing.paging import MOST_BYTES, PARAMETERS, SMALL_SIZE, Page
from ecatalog.listing.search_index import SearchIndex, SearchResult
from ecatalog.security.permissions import asker

DEEP = 1000
"""Rows to skip from which on it matters to count them from the nearer end."""

PAGING = frozenset(parameter["name"] for parameter in PARAMETERS)

MOST = {"most_bytes": MOST_BYTES}
TOO_HEAVY = (
    f"The texts of these rows weigh more than the {MOST_BYTES // 2**20} MB that one answer may have:"
    " ask for fewer rows at once."
)

SEARCH = (
    "Words, each of them anywhere in the row, in any script and notation. Unless `ordering` or `cursor` is given, the "
    "best come first: rows whose code or bar code it is, whose name it is, whose name begins so, that hold all words "
    "as whole words, the others; of those that are as good, the newest. Where nothing holds the words, rows that "
    "look like them, marked by the header `X-Search: similar`; numbers and codes are never taken for similar ones."
)

SIMILAR = {"X-Search": "similar"}
"""Says that nothing holds what was searched, and that the rows only look like it."""


def base_url(request: Request) -> str:
    """Return the address of the gateway as the client sees it."""
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}"


def own_url(request: Request) -> str:
    """Return the whole address of the request."""
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    return f"{base_url(request)}{quote(scope['path'])}{'?' if query else ''}{query}"


class Lists:
    """Reads the pages of lists; keeps counts, and the results of searches, until the table changes."""

    def __init__(self, database: Database, caches: Caches) -> None:
        self._database = database
        self._counts = Counts(database, caches.counts)
        self._finder = SearchIndex(database, Memory(caches.found))

    async def answer(self, request: Request, resource: Rendering, where: Where, default: Style = "limit") -> Response:
        """Return the page that a request asks for, of the rows that ``where`` lets it see."""
        resource = resource.shown_to(asker(request))
        query = request.query_params
        phrase = query.get("search", "").strip()
        if not phrase or resource.search is None:
            return json_response(request, await self.page(resource, query, where, own_url(request), default))
        asked = ListRequest(resource, query, where, own_url(request), default)
        found = await self._finder.find(asked, resource.search, phrase)
        response = json_response(request, await self._found(asked, found))
        if not found.exact:
            response.headers.update(SIMILAR)
        return response

    async def choose(self, request: Request, resource: Rendering, where: Where, limit: int) -> SearchResult:
        """Return the ids of the first ``limit`` rows that a request asks for, whatever page it names."""
        query = {name: value for name, value in request.query_params.items() if name not in PAGING}
        asked = ListRequest(resource, query, where, own_url(request), "limit")
        asked.page = Page("limit", limit)
        phrase = query.get("search", "").strip()
        if phrase and resource.search is not None:
            return await self._finder.find(asked, resource.search, phrase)
        place = {"limit": limit, "offset": 0}
        sql = resource.ids_sql(where, asked.order)
        row = await self._database.fetch_row(sql, where.parameters | place, prepare=False)
        ids = row[0] if row else []
        return SearchResult(len(ids), ids, 0)

    async def page(
        self, resource: Rendering, query: Mapping[str, str], where: Where, url: str, default: Style = "limit"
    ) -> bytes:
        """Return the page that ``query`` asks for, but for its search, in an envelope. ``url`` is the request's own."""
        asked = ListRequest(resource, query, where, url, default)
        if asked.page.style == "cursor":
            return await self._walk(asked)
        size = asked.page.size
        count = await self._counts.of(resource, where)
        skipped = asked.page.skipped(count)
        behind = count - skipped - size
        if skipped >= count:
            rows = b"[]"
        elif skipped > DEEP and behind < skipped:
            rows = await self._rows(asked, size + min(behind, 0), max(behind, 0), backwards=True)
        else:
            rows = await self._rows(asked, size, skipped)
        return asked.envelope(count, rows, skipped)

    async def _rows(self, asked: ListRequest, limit: int, offset: int, *, backwards: bool = False) -> bytes:
        resource, where = asked.resource, asked.where
        place = {"limit": limit, "offset": offset}
        if not where.narrows:
            sql = resource.page_sql(asked.order, backwards=backwards, weigh=_is_weighed(asked))
            return _light(asked, await self._database.fetch_json(sql, asked.base | place | MOST))
        sql = resource.ids_sql(where, asked.order, backwards=backwards)
        row = await self._database.fetch_row(sql, where.parameters | place, prepare=False)
        ids = row[0] if row else []
        return await self._render(asked, ids[::-1] if backwards else ids)

    async def _render(self, asked: ListRequest, ids: list[int]) -> bytes:
        if not ids:
            return b"[]"
        sql = asked.resource.weighed_rows_sql if _is_weighed(asked) else asked.resource.rows_sql
        return _light(asked, await self._database.fetch_json(sql, asked.base | {"ids": ids} | MOST))

    async def _walk(self, asked: ListRequest) -> bytes:
        sql = asked.resource.walk_sql(asked.where, weigh=_is_weighed(asked))
        parameters = asked.where.parameters | asked.base | {"limit": asked.page.size} | MOST
        row = await self._database.fetch_row(sql, parameters, prepare=None if asked.only_walks else False)
        rows, created_at, row_id = row or (b"[]", None, None)
        return asked.walk_envelope(_light(asked, rows), None if row_id is None else (created_at, row_id))

    async def _found(self, asked: ListRequest, found: SearchResult) -> bytes:
        rows = await self._render(asked, found.ids)
        if asked.page.style == "cursor":
            return asked.walk_envelope(rows, last_position(rows) if len(found.ids) == asked.page.size else None)
        return asked.envelope(found.total, rows, found.skipped)


def _is_weighed(asked: ListRequest) -> bool:
    """Return whether a page is so large that its texts might be too much for one answer."""
    return asked.page.size > SMALL_SIZE and bool(asked.resource.weighed)


def _light(asked: ListRequest, rows: bytes | None) -> bytes:
    """Return the rows, unless the database refused to put them together."""
    if rows is not None:
        return rows
    raise FieldErrors({"page_size" if asked.page.style == "page" else "limit": [TOO_HEAVY]})


class ListParameters:
    """Is a dependency that documents the query parameters of a list; the list itself reads them."""

    def __init__(self, resource: Rendering, *, paged: bool = True) -> None:
        search = [("search", SEARCH)] if resource.search else []
        texts = [*search, ("ordering", "Fields of the row, `-` before one turns it round.")]
        self.parameters = [
            *({"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
              for name, text in texts),
            *resource.filters.parameters,
            *(PARAMETERS if paged else ()),
        ]  # fmt: skip

    def __call__(self, request: Request) -> None:
        """Read nothing here."""
