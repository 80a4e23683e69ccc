"""Removes files that no picture shows any longer, after a grace period, and owners that have none."""

import asyncio
from datetime import timedelta

import psycopg
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, execute
from ecatalog.telemetry.logging import logger

from media.files.service import prefix_of
from media.owners.following import forget_unused
from media.renditions.job import drop_failed
from media.storage import Storage

log = logger(__name__)

LOOK_SECONDS = 600.0

_UNUSED = compose("not exists (select from image i where i.file_id = file.id and not i.is_deleted)")
_CANDIDATES = compose(
    "select id from file where used_at <= now() - %(grace)s and {unused} and id > %(last)s order by id limit 500",
    unused=_UNUSED,
)
# Whoever stores the file again holds its row, or has changed it since it was looked at.
_LOCK = "select id from file where id = %(id)s and used_at <= now() - %(grace)s for update skip locked"
_STILL_UNUSED = compose("select sha256 from file where id = %(id)s and {unused}", unused=_UNUSED)
_FORGET = "delete from file where id = %(id)s"


async def collect(database: Database, storage: Storage, grace: timedelta) -> int:
    """Remove every file that no picture has shown for ``grace``, and return how many there were."""
    removed = last = 0
    while candidates := await database.fetch_rows(_CANDIDATES, {"grace": grace, "last": last}):
        for (last,) in candidates:
            removed += await _remove(database, storage, last, grace)
    await drop_failed(database)
    return removed


async def _remove(database: Database, storage: Storage, file_id: int, grace: timedelta) -> bool:
    async with database.transaction() as connection:
        if await (await execute(connection, _LOCK, {"id": file_id, "grace": grace})).fetchone() is None:
            return False
        unused = await (await execute(connection, _STILL_UNUSED, {"id": file_id})).fetchone()
        if unused is None:
            return False
        await storage.delete(prefix_of(unused[0]))
        await execute(connection, _FORGET, {"id": file_id})
        return True


class Collector:
    """Collects every few minutes."""

    def __init__(self, database: Database, storage: Storage, grace: timedelta) -> None:
        self._database = database
        self._storage = storage
        self._grace = grace

    async def run(self) -> None:
        """Do one round of the loop."""
        try:
            removed = await collect(self._database, self._storage, self._grace)
            if removed:
                log.info("unused files were removed", files=removed)
            await forget_unused(self._database)
        except psycopg.Error as error:
            log.warning("collecting waits", error=str(error))
        await asyncio.sleep(LOOK_SECONDS)
