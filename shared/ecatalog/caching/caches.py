"""Holds everything that one process keeps in memory."""

from collections.abc import Sequence
from typing import NamedTuple

from ecatalog.caching.versioned_cache import VersionedCache

MAX_COUNTS = 20_000
"""At most this many counts of lists are kept."""

MAX_HITS = 500_000
"""At most this many numbers are kept of the results of searches."""

Headers = Sequence[tuple[bytes, bytes]]


class SearchHits(NamedTuple):
    """Is the result of a search: the number of rows, and the ids of the first of them in its order."""

    total: int
    first: list[int]


def hits_cost(hits: SearchHits) -> int:
    """Return the kept numbers, and 50 more for the memory of the key."""
    return 50 + len(hits.first)


class CachedResponse(NamedTuple):
    headers: Headers
    tag: str
    body: bytes


def response_cost(response: CachedResponse) -> int:
    """Return roughly how many bytes a response takes."""
    return len(response.body) + 1000


class Caches:
    """Holds the caches of one process: counts of lists, results of searches, and whole responses.

    It forgets together what it changed itself.
    """

    def __init__(self) -> None:
        self.counts = VersionedCache[int](max_cost=MAX_COUNTS)
        self.searches = VersionedCache[SearchHits](hits_cost, MAX_HITS)
        self.responses = VersionedCache[CachedResponse](response_cost)
        self.all = (self.counts, self.searches, self.responses)

    def invalidate(self, *topics: str) -> None:
        """Drop what depends on a topic, after the commit and before the answer: then nobody can read the old state."""
        for cache in self.all:
            cache.invalidate(*topics)
