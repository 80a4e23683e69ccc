"""Reads the pages of lists."""

from typing import NamedTuple

from ecatalog.caching.caches import Caches
from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.entities.rendering import Rendering
from ecatalog.listing.counts import Counts, Memory
from ecatalog.listing.list_request import ListRequest, PageRequest, Style, last_position
from ecatalog.listing.paging import MOST_BYTES, PARAMETERS, SMALL_SIZE, Page
from ecatalog.listing.search_index import SearchIndex, SearchResult

DEEP = 1000
"""Rows to skip from which on it matters to count them from the nearer end."""

PAGING = frozenset(parameter["name"] for parameter in PARAMETERS)

MOST = {"most_bytes": MOST_BYTES}
TOO_HEAVY = (
    f"The texts of these rows weigh more than the {MOST_BYTES // 2**20} MB that one answer may have:"
    " ask for fewer rows at once."
)


class ListPage(NamedTuple):
    """Is a page in its envelope as JSON; ``exact`` is False for rows that only look like what was searched."""

    body: bytes
    exact: bool = True


class Lists:
    """Reads the pages of lists; keeps counts, and the results of searches, until the table changes."""

    def __init__(self, database: Database, caches: Caches) -> None:
        self._database = database
        self._counts = Counts(database, caches.counts)
        self._finder = SearchIndex(database, Memory(caches.searches))

    async def page(self, asked: ListRequest, rendering: Rendering, where: Where, default: Style = "limit") -> ListPage:
        """Return the page that a client asks for, of the rows that ``where`` lets it see."""
        rendering = rendering.shown_to(asked.asker)
        request = PageRequest(rendering, asked.query, where, asked.url, default)
        if not asked.search or rendering.search is None:
            return ListPage(await self._page(request))
        found = await self._finder.find(request, rendering.search, asked.search)
        return ListPage(await self._found(request, found), found.exact)

    async def choose(self, asked: ListRequest, rendering: Rendering, where: Where, limit: int) -> SearchResult:
        """Return the ids of the first ``limit`` rows that a client asks for, whatever page it names."""
        query = {name: value for name, value in asked.query.items() if name not in PAGING}
        request = PageRequest(rendering, query, where, asked.url, "limit")
        request.page = Page("limit", limit)
        if asked.search and rendering.search is not None:
            return await self._finder.find(request, rendering.search, asked.search)
        place = {"limit": limit, "offset": 0}
        sql = rendering.ids_sql(where, request.order)
        row = await self._database.fetch_row(sql, where.parameters | place, prepare=False)
        ids = row[0] if row else []
        return SearchResult(len(ids), ids, 0)

    async def _page(self, asked: PageRequest) -> bytes:
        """Return the page in its envelope, whatever is searched."""
        rendering, where = asked.rendering, asked.where
        if asked.page.style == "cursor":
            return await self._walk(asked)
        size = asked.page.size
        count = await self._counts.of(rendering, where)
        skipped = asked.page.skipped(count)
        behind = count - skipped - size
        if skipped >= count:
            rows = b"[]"
        elif skipped > DEEP and behind < skipped:
            rows = await self._rows(asked, size + min(behind, 0), max(behind, 0), backwards=True)
        else:
            rows = await self._rows(asked, size, skipped)
        return asked.envelope(count, rows, skipped)

    async def _rows(self, asked: PageRequest, limit: int, offset: int, *, backwards: bool = False) -> bytes:
        rendering, where = asked.rendering, asked.where
        place = {"limit": limit, "offset": offset}
        if not where.narrows:
            sql = rendering.page_sql(asked.order, backwards=backwards, weigh=_is_weighed(asked))
            return _light(asked, await self._database.fetch_json(sql, asked.base | place | MOST))
        sql = rendering.ids_sql(where, asked.order, backwards=backwards)
        row = await self._database.fetch_row(sql, where.parameters | place, prepare=False)
        ids = row[0] if row else []
        return await self._render(asked, ids[::-1] if backwards else ids)

    async def _render(self, asked: PageRequest, ids: list[int]) -> bytes:
        if not ids:
            return b"[]"
        sql = asked.rendering.weighed_rows_sql if _is_weighed(asked) else asked.rendering.rows_sql
        return _light(asked, await self._database.fetch_json(sql, asked.base | {"ids": ids} | MOST))

    async def _walk(self, asked: PageRequest) -> bytes:
        sql = asked.rendering.walk_sql(asked.where, weigh=_is_weighed(asked))
        parameters = asked.where.parameters | asked.base | {"limit": asked.page.size} | MOST
        row = await self._database.fetch_row(sql, parameters, prepare=None if asked.only_walks else False)
        rows, created_at, row_id = row or (b"[]", None, None)
        return asked.walk_envelope(_light(asked, rows), None if row_id is None else (created_at, row_id))

    async def _found(self, asked: PageRequest, found: SearchResult) -> bytes:
        rows = await self._render(asked, found.ids)
        if asked.page.style == "cursor":
            return asked.walk_envelope(rows, last_position(rows) if len(found.ids) == asked.page.size else None)
        return asked.envelope(found.total, rows, found.skipped)


def _is_weighed(asked: PageRequest) -> bool:
    """Return whether a page is so large that its texts might be too much for one answer."""
    return asked.page.size > SMALL_SIZE and bool(asked.rendering.weighed)


def _light(asked: PageRequest, rows: bytes | None) -> bytes:
    """Return the rows, unless the database refused to put them together."""
    if rows is not None:
        return rows
    raise FieldErrors({"page_size" if asked.page.style == "page" else "limit": [TOO_HEAVY]})
