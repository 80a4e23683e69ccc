"""Finds the rows that hold the words of a search, or else those that look like them."""

from functools import partial
from typing import NamedTuple

from ecatalog.caching.caches import SearchHits
from ecatalog.db.database import Database
from ecatalog.db.sql import Sql
from ecatalog.entities.filters import Terms, Where
from ecatalog.entities.phrases import Folder, Phrase
from ecatalog.entities.search import BEST, CLOSEST, Search
from ecatalog.listing.counts import Memory
from ecatalog.listing.list_request import PageRequest
from ecatalog.listing.ranking import rank_sql

FIRST = 200
"""Rows in the order of a search that are kept: its next pages are mostly among them."""


class SearchResult(NamedTuple):
    """Is a page of results; ``exact`` is False for rows that only look like the searched words."""

    total: int
    ids: list[int]
    skipped: int
    exact: bool = True


class SearchIndex:
    """Answers searches, and keeps their results, since the next page needs them again.

    Unless another order is asked the best come first, and the newest of those that are as good; pages of a cursor go
    by time alone, since it continues from a time.
    """

    def __init__(self, database: Database, memory: Memory[SearchHits]) -> None:
        self._database = database
        self._memory = memory
        self._folder = Folder(database)

    async def find(self, asked: PageRequest, search: Search, text: str) -> SearchResult:
        phrase = await self._folder.fold(text, whole_numbers=search.phones)
        found = await self._holding(asked, search, phrase)
        if found.total:
            return found
        similar = await self._similar(asked, search, phrase)
        return similar if similar is not None and similar.total else found

    async def _holding(self, asked: PageRequest, search: Search, phrase: Phrase) -> SearchResult:
        condition = search.matching(phrase, asked.where)
        if asked.is_ordered or asked.page.style == "cursor" or not phrase.words:
            return await self._page(asked, search, condition, asked.order)
        rank = rank_sql(phrase, asked.where)
        return await self._page(asked, search, condition, [BEST, *asked.order], rank=rank)

    async def _similar(self, asked: PageRequest, search: Search, phrase: Phrase) -> SearchResult | None:
        """Find rows that look like the phrase, the closest first unless another order was asked."""
        similar = search.similar(phrase, asked.where)
        if similar is None:
            return None
        condition, closeness = similar
        order = asked.order if asked.is_ordered else [CLOSEST, *asked.order]
        return (await self._page(asked, search, condition, order, closeness=closeness))._replace(exact=False)

    async def _page(
        self, asked: PageRequest, search: Search, condition: Sql, order: Terms, **extra: Sql
    ) -> SearchResult:
        """Return the page of the rows whose key fulfils the condition, and their number."""
        rendering, where, page = asked.rendering, asked.where, asked.page
        hits = search.hits_sql(rendering.name, condition, where, rendering.live, asked.order, **extra)
        sql = search.counted_sql(hits, order)
        # How to find keys depends little on the words; how to join rows to them depends on all that narrows a list.
        read = partial(self._read, sql, where, prepare=None if search.reads_keys_alone(where, asked.order) else False)
        if page.style == "cursor" or page.size > FIRST:
            total, ids = await read(page.size, page.skipped_unseen)
            return SearchResult(total, ids, page.skipped(total))
        begun = self._memory.begin(rendering, where, sql)
        kept = self._memory.known(begun)
        if kept is None:
            kept = await read(FIRST, 0)
            self._memory.remember(begun, kept)
        skipped = page.skipped(kept.total)
        if min(skipped + page.size, kept.total) <= len(kept.first) or skipped >= kept.total:
            return SearchResult(kept.total, kept.first[skipped : skipped + page.size], skipped)
        return SearchResult(kept.total, (await read(page.size, skipped)).first, skipped)

    async def _read(self, sql: str, where: Where, limit: int, offset: int, *, prepare: bool | None) -> SearchHits:
        place = where.parameters | {"limit": limit, "offset": offset}
        return SearchHits(*(await self._database.fetch_row(sql, place, prepare=prepare) or (0, [])))
