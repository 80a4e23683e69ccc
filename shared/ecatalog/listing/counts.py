"""Keeps the counts of lists and the results of searches, until one of their tables changes."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ecatalog.caching.versioned_cache import Topics, VersionedCache
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.entities.rendering import Rendering

V = TypeVar("V")


@dataclass(frozen=True)
class Lookup:
    """Names the selected rows, and the version of their tables before they are looked up."""

    key: Hashable
    topics: Topics
    version: int


class Memory(Generic[V]):
    """Keeps what is known of rows."""

    def __init__(self, cache: VersionedCache[V]) -> None:
        self._cache = cache

    def begin(self, rendering: Rendering, where: Where, words: Hashable = ()) -> Lookup:
        """Name the live rows that ``where`` leaves and that hold ``words``; to be called before they are looked up."""
        topics = rendering.topics if where.narrows else (rendering.topic,)
        return Lookup((rendering.topic, where.key, words), topics, self._cache.version(*topics))

    def known(self, asked: Lookup) -> V | None:
        return self._cache.get(asked.key)

    def remember(self, asked: Lookup, value: V) -> None:
        """Keep the value, unless something changed since ``begin``."""
        self._cache.put(asked.topics, asked.key, value, asked.version)


class Counts(Memory[int]):
    """Keeps numbers of rows."""

    def __init__(self, database: Database, cache: VersionedCache[int]) -> None:
        super().__init__(cache)
        self._database = database

    async def of(self, rendering: Rendering, where: Where) -> int:
        """Return the number of live rows that ``where`` leaves."""
        asked = self.begin(rendering, where)
        number = self.known(asked)
        if number is None:
            row = await self._database.fetch_row(rendering.count_sql(where), where.parameters, prepare=False)
            number = int(row[0]) if row else 0
            self.remember(asked, number)
        return number
