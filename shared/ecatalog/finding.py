"""Finding the rows that hold the words of a search, or else those that look like them."""

from typing import NamedTuple

from ecatalog.counting import Counts
from ecatalog.db import Database
from ecatalog.filtering import Terms, Where, has_trigram
from ecatalog.question import Question
from ecatalog.search import CLOSEST, NEWEST, Folder, Search, words_of

SPARE = 3
"""How many times as many rows are looked at as should be needed, when hits are looked for among the newest rows."""


class Found(NamedTuple):
    """A page of what was found; ``exact`` is False for rows that only look like what was searched."""

    total: int
    ids: list[int]
    skipped: int
    exact: bool = True


class Finder:
    """Answers searches; how many rows a search finds is remembered, since its next page asks again."""

    def __init__(self, database: Database, counts: Counts) -> None:
        self._database = database
        self._counts = counts
        self._folder = Folder(database)

    async def find(self, asked: Question, search: Search, phrase: str) -> Found:
        folded = await self._folder.fold(words_of(phrase))
        counted = self._counts.begin(asked.resource, asked.where, tuple(folded))
        count = self._counts.known(counted)
        condition = search.matching(folded, asked.where)
        if count is None:
            found = await self._counted(asked, search, condition)
            self._counts.remember(counted, found.total)
        else:
            found = await self._page(asked, search, condition, count)
        plain = " ".join(spellings[0] for spellings in folded)
        if found.total or not has_trigram(plain):
            return found
        similar, closeness = search.similar(plain, asked.where)
        found = await self._counted(asked, search, similar, closeness)
        return found._replace(exact=not found.total)

    async def _counted(self, asked: Question, search: Search, condition: str, closeness: str = "") -> Found:
        """The page of the rows whose key fulfils the condition, and their number.

        The closest come first, where closeness is told and no other order was asked.
        """
        resource = asked.resource
        hits = search.hits_sql(resource.table.name, condition, asked.where, resource.live, asked.order, closeness)
        order: Terms = [CLOSEST, *asked.order] if closeness and not asked.is_ordered else asked.order
        skipped = asked.page.skipped_unseen
        while True:
            place = asked.where.parameters | {"limit": asked.page.size, "offset": skipped}
            row = await self._database.fetch_row(search.counted_sql(hits, order), place, prepare=False)
            count, ids = row or (0, [])
            if not count or skipped == asked.page.skipped(count):
                return Found(count, ids, asked.page.skipped(count))
            skipped = asked.page.skipped(count)

    async def _page(self, asked: Question, search: Search, condition: str, count: int) -> Found:
        """The page of the rows whose key fulfils the condition, of which there are ``count``."""
        resource = asked.resource
        skipped = asked.page.skipped(count)
        expected = max(min(asked.page.size, count - skipped), 0)
        if not expected:
            return Found(count, [], skipped)
        place = asked.where.parameters | {"limit": asked.page.size, "offset": skipped}
        if asked.order == NEWEST and not asked.where.narrows:
            # Among many hits the first are soon met by walking; looking them all up would only be to sort them.
            budget = SPARE * (skipped + expected) * await self._counts.of(resource, Where()) // count
            if budget < count:
                sql = search.walked_sql(condition)
                row = await self._database.fetch_row(sql, place | {"budget": budget}, prepare=False)
                if row and len(row[0]) == expected:
                    return Found(count, row[0], skipped)
        hits = search.hits_sql(resource.table.name, condition, asked.where, resource.live, asked.order)
        row = await self._database.fetch_row(search.ids_sql(hits, asked.order), place, prepare=False)
        return Found(count, row[0] if row else [], skipped)
