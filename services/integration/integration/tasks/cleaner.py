"""Deleting what ended tasks leave behind: staged rows, chunks and commands."""

import asyncio

from ecatalog.db.database import Database
from ecatalog.db.notify import Bell, heard
from ecatalog.events.broker import Broker
from ecatalog.telemetry.logging import logger
from sqlalchemy import text

from integration.dispatch.service import prepare
from integration.tasks.outages import is_away
from integration.tasks.queue import FREE

log = logger(__name__)

LOOK_SECONDS = 5.0
KEEP_CHUNKS = "1 day"

_ENDED = text(
    "select t.id, t.task_id from sync_task t where t.status in ('completed', 'error') and not t.cleaned"  # noqa: S608 - a constant
    f" and {FREE} order by t.id for update skip locked limit 1"
)
_ROWS = text("delete from staged_row where task_id = :id")
_CLEANED = text("update sync_task set cleaned = true where id = :id")

# The result of a chunk may still come after its task was cancelled, and is counted then.
_OLD_CHUNKS = text(
    f"delete from sync_chunk c using sync_task t where t.id = c.task_id and t.cleaned"  # noqa: S608 - a constant
    f" and (t.status = 'completed' or t.completed_at < now() - interval '{KEEP_CHUNKS}')"
)


class Cleaner:
    """Cleans up after each task once nobody works on it any more."""

    def __init__(self, database: Database, broker: Broker, bell: Bell) -> None:
        self._database = database
        self._broker = broker
        self._bell = bell

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            ring = self._bell.next()
            try:
                if not await self.clean_one():
                    await heard(ring, LOOK_SECONDS)
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("cleaning up waits", error=str(error) or type(error).__name__)
                await asyncio.sleep(1)

    async def clean_one(self) -> bool:
        """Clean up after the oldest ended task; False when there is none."""
        async with self._database.session() as session:
            task = (await session.execute(_ENDED)).one_or_none()
            if task is not None:
                await prepare(self._broker, task.task_id)
                await session.execute(_ROWS, {"id": task.id})
                await session.execute(_CLEANED, {"id": task.id})
            await session.execute(_OLD_CHUNKS)
        return task is not None
