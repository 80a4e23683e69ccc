"""Answers kept in memory until what they show changes, and entity tags."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from ecatalog.errors import PreconditionFailed
from ecatalog.telemetry import logger
from ecatalog.waiting import Wait

log = logger(__name__)

V = TypeVar("V")

Topics = tuple[str, ...]
"""Names of tables: the channel ``changes`` carries them."""

MAX_BYTES = 32 * 1024 * 1024
PING_SECONDS = 5.0


def etag(body: bytes) -> str:
    """A strong entity tag of these bytes."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether an ``If-None-Match`` or ``If-Match`` header names this tag."""
    if not header:
        return False
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))


def json_response(request: Request, body: bytes, status: int = 200) -> Response:
    """JSON bytes with their tag; 304 without a body when the client has them already."""
    tag = etag(body)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if status == 200 and request.method in {"GET", "HEAD"} and matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type="application/json")


def require_match(request: Request, body: bytes) -> None:
    """Raise 412 when the request's ``If-Match`` does not name the row's current state."""
    expected = request.headers.get("if-match")
    if expected is not None and not matches(expected, etag(body)):
        raise PreconditionFailed


class VersionedCache(Generic[V]):
    """Values that hold until one of the topics they depend on changes; the oldest go when ``max_cost`` is exceeded.

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
        """A number that grows with every change of any of the topics."""
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
        """Forget everything that depends on one of the topics (when it is next asked for)."""
        for topic in topics:
            self._versions[topic] += 1

    def clear(self) -> None:
        self._cleared += 1
        self._values.clear()
        self._total = 0

    def _drop(self, key: Hashable) -> None:
        _, _, value = self._values.pop(key)
        self._total -= self._cost(value)


class ChangeListener:
    """Tells caches which tables changed, by PostgreSQL's NOTIFY on the channel ``changes``.

    While the connection is down the caches are switched off, so they never serve what changed unheard.
    """

    def __init__(self, dsn: str, *caches: VersionedCache[Any]) -> None:
        self._dsn = dsn
        self._caches = caches
        self._wait = Wait(log)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                self._wait.tell("changes are not heard; nothing is cached", error=str(error))
            finally:
                self._switch(on=False)
            await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            await connection.execute("listen changes")
            self._switch(on=True)
            self._wait.over()
            while True:
                async for notice in connection.notifies(timeout=PING_SECONDS):
                    for cache in self._caches:
                        cache.invalidate(notice.payload)
                await connection.execute("select 1")

    def _switch(self, *, on: bool) -> None:
        for cache in self._caches:
            cache.clear()
            cache.enabled = on
