"""Removing files that no picture shows any longer, after a grace period."""

import asyncio
from datetime import timedelta

import psycopg
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from media.files.service import prefix_of
from media.storage import Storage

log = logger(__name__)

LOOK_SECONDS = 600.0

_UNUSED = "not exists (select from image i where i.file_id = file.id and not i.is_deleted)"
_CANDIDATES = f"""
    select id from file where used_at <= now() - %s and {_UNUSED} and id > %s order by id limit 500
"""  # noqa: S608 - built from constants
# Whoever stores the file again holds its row, or has changed it since it was looked at.
_LOCK = text("select id from file where id = :id and used_at <= now() - :grace for update skip locked")
_STILL_UNUSED = text(f"select sha256 from file where id = :id and {_UNUSED}")  # noqa: S608 - built from constants
_FORGET = text("delete from file where id = :id")


async def collect(database: Database, storage: Storage, grace: timedelta) -> int:
    """Remove every file that nothing has shown for ``grace``; how many there were."""
    removed = last = 0
    while candidates := await database.fetch_rows(_CANDIDATES, [grace, last]):
        for (last,) in candidates:
            removed += await _remove(database, storage, last, grace)
    return removed


async def _remove(database: Database, storage: Storage, file_id: int, grace: timedelta) -> bool:
    async with database.session() as session:
        if (await session.execute(_LOCK, {"id": file_id, "grace": grace})).one_or_none() is None:
            return False
        sha256 = (await session.execute(_STILL_UNUSED, {"id": file_id})).scalar_one_or_none()
        if sha256 is None:
            return False
        await storage.delete(prefix_of(sha256))
        await session.execute(_FORGET, {"id": file_id})
        return True


class Collector:
    """Collects now and then."""

    def __init__(self, database: Database, storage: Storage, grace: timedelta) -> None:
        self._database = database
        self._storage = storage
        self._grace = grace

    async def run(self) -> None:
        """A loop's work."""
        try:
            removed = await collect(self._database, self._storage, self._grace)
            if removed:
                log.info("unused files were removed", files=removed)
        except (psycopg.OperationalError, DBAPIError) as error:
            log.warning("collecting waits", error=str(error))
        await asyncio.sleep(LOOK_SECONDS)
