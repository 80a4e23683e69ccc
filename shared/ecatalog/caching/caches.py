"""Holds everything that one process keeps in memory."""

from collections.abc import Sequence
from typing import NamedTuple

from ecatalog.caching.versioned_cache import VersionedCache

MAX_COUNTS = 20_000


MAX_FOUND = 500_000


Headers = Sequence[tuple[bytes, bytes]]


class Kept(NamedTuple):
    """Is the result of a search: the number of rows, and the ids of the first of them in its order."""

    total: int
    first: list[int]


def kept_cost(kept: Kept) -> int:
    """Return the kept numbers, and 50 more for the memory of the key."""
    return 50 + len(kept.first)


class CachedResponse(NamedTuple):
    headers: Headers
    tag: str
    body: bytes


def answer_cost(answer: CachedResponse) -> int:
    """Return roughly how many bytes an answer takes."""
    return len(answer.body) + 1000


class Caches:
    """Holds the caches of one process: counts of lists, results of searches, and whole answers.

    It forgets together what it changed itself.
    """

    def __init__(self) -> None:
        self.counts = VersionedCache[int](max_cost=MAX_COUNTS)
        self.found = VersionedCache[Kept](kept_cost, MAX_FOUND)
        self.answers = VersionedCache[CachedResponse](answer_cost)

        self.all = (self.counts, self.found, self.answers)

    def invalidate(self, *topics: str) -> None:
        """Drop what depends on a topic, after the commit and before the answer: then nobody can read the old state."""
        for cache in self.all:
            cache.invalidate(*topics)
