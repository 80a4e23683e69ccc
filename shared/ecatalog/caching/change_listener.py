"""Invalidates caches when tables change."""

import asyncio
from typing import Any

import psycopg
from psycopg import AsyncConnection

from ecatalog.caching.versioned_cache import VersionedCache
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

PING_SECONDS = 5.0


class ChangeListener:
    """Invalidates caches when tables change, by PostgreSQL's NOTIFY on the channel ``changes``.

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
