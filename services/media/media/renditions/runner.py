"""Making the renditions of new files, a few at a time."""

import asyncio

import psycopg
from ecatalog.core.concurrency import until_first_ends
from ecatalog.db.database import Database
from ecatalog.db.notify import Bell, heard
from ecatalog.telemetry.logging import logger
from sqlalchemy.exc import DBAPIError

from media.parts import Parts
from media.pictures.limits import SIZES
from media.pictures.pool import NotAPicture, Overwhelmed
from media.renditions.metrics import FAILED
from media.renditions.queue import Waiting, claim, failed
from media.renditions.service import JPEG
from media.storage import Missing

log = logger(__name__)

LOOK_SECONDS = 5.0
AWAY_SECONDS = 1.0
CHANNEL = "renditions"


class Runner:
    """Works as long as the worker does; its pool's processes live only while there is work."""

    def __init__(self, database: Database, parts: Parts, at_once: int) -> None:
        self._database = database
        self._parts = parts
        self._bell = Bell(CHANNEL)
        self._at_once = at_once

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._parts.working():
            loops = (self._loop() for _ in range(self._at_once))
            await until_first_ends(self._bell.run(self._database.dsn), self._end_idle_processes(), *loops)

    async def _end_idle_processes(self) -> None:
        while True:
            await self._parts.pool.run()

    async def _loop(self) -> None:
        while True:
            ring = self._bell.next()
            try:
                file = await claim(self._database)
                if file is None:
                    await heard(ring, LOOK_SECONDS)
                else:
                    await self._render(file)
            except (psycopg.OperationalError, DBAPIError) as error:
                if isinstance(error, DBAPIError) and not isinstance(error.orig, psycopg.OperationalError):
                    raise
                log.warning("renditions wait", error=str(error))
                await asyncio.sleep(AWAY_SECONDS)

    async def _render(self, file: Waiting) -> None:
        try:
            await self._parts.renderer.make(file.id, file.sha256, tuple(SIZES), JPEG)
        except (NotAPicture, Overwhelmed, Missing, OSError) as error:
            FAILED.inc()
            reason = f"{type(error).__name__}: {error}"
            log.warning("renditions failed", sha256=file.sha256, attempt=file.attempts, reason=reason)
            await failed(self._database, file, reason)
