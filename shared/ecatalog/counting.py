"""How many rows a list has: counted once, until one of its tables changes."""

from collections.abc import Hashable
from dataclasses import dataclass

from ecatalog.caching import Topics, VersionedCache
from ecatalog.db import Database
from ecatalog.filtering import Where
from ecatalog.resource import Resource


@dataclass(frozen=True)
class Counted:
    """Which rows are counted, and the state of their tables before that."""

    key: Hashable
    topics: Topics
    version: int


class Counts:
    """Remembers numbers of rows."""

    def __init__(self, database: Database, cache: VersionedCache[int]) -> None:
        self._database = database
        self._cache = cache

    def begin(self, resource: Resource, where: Where, words: Hashable = ()) -> Counted:
        """Name the live rows that ``where`` leaves and that hold ``words``; to be called before they are counted."""
        topics = resource.topics if where.narrows else (resource.topic,)
        return Counted((resource.topic, where.key, words), topics, self._cache.version(*topics))

    def known(self, counted: Counted) -> int | None:
        return self._cache.get(counted.key)

    def remember(self, counted: Counted, number: int) -> None:
        """Keep the number, unless something changed since ``begin``."""
        self._cache.put(counted.topics, counted.key, number, counted.version)

    async def of(self, resource: Resource, where: Where) -> int:
        """The number of live rows that ``where`` leaves."""
        counted = self.begin(resource, where)
        number = self.known(counted)
        if number is None:
            row = await self._database.fetch_row(resource.count_sql(where), where.parameters, prepare=False)
            number = int(row[0]) if row else 0
            self.remember(counted, number)
        return number
