"""Keeps values in memory until what they show changes."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")

Topics = tuple[str, ...]
"""Names of tables: the channel ``changes`` carries them."""

MAX_BYTES = 32 * 1024 * 1024


class VersionedCache(Generic[V]):
    """Keeps values until one of their topics changes; the oldest go when ``max_cost`` is exceeded.

    A value computed while a topic changed is not kept, so nothing is served past a change.
    """

    def __init__(self, cost: Callable[[V], int] = lambda _: 1, max_cost: int = MAX_BYTES) -> None:
        self._values: OrderedDict[Hashable, tuple[Topics, int, V]] = OrderedDict()
        self._versions: defaultdict[str, int] = defaultdict(int)
        self._cleared = 0
        self._cost = cost
        self._max_cost = max_cost
        self._total = 0
        self.enabled = False

    def version(self, *topics: str) -> int:
        """Return a number that grows with every change of any of the topics."""
        version = self._cleared
        for topic in topics:
            version += self._versions[topic]
        return version

    def get(self, key: Hashable) -> V | None:
        found = self._values.get(key) if self.enabled else None
        if found is None:
            return None
        topics, version, value = found
        if version != self.version(*topics):
            self._drop(key)
            return None
        self._values.move_to_end(key)
        return value

    def put(self, topics: str | Topics, key: Hashable, value: V, version: int) -> None:
        """Keep a value that was computed when its topics had ``version``."""
        topics = (topics,) if isinstance(topics, str) else topics
        if not self.enabled or self.version(*topics) != version:
            return
        if key in self._values:
            self._drop(key)
        self._values[key] = (topics, version, value)
        self._total += self._cost(value)
        while self._total > self._max_cost:
            self._drop(next(iter(self._values)))

    def invalidate(self, *topics: str) -> None:
        """Drop everything that depends on one of the topics (when it is next asked for)."""
        for topic in topics:
            self._versions[topic] += 1

    def clear(self) -> None:
        self._cleared += 1
        self._values.clear()
        self._total = 0

    def _drop(self, key: Hashable) -> None:
        _, _, value = self._values.pop(key)
        self._total -= self._cost(value)
