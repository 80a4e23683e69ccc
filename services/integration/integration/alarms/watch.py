"""Looks at all sources again and again: raises the alarms of those that fail or are late, and clears the others'."""

import asyncio
import time

from ecatalog.core.clock import Clock, moment
from ecatalog.db.database import Database
from ecatalog.db.sql import execute

from integration.alarms.failed import failing
from integration.alarms.findings import settle
from integration.alarms.late import late

LOOK_SECONDS = 10.0
LOCK = 0x0EC0_0301

_LOCK = "select pg_try_advisory_xact_lock(%(lock)s)"


class AlarmWatch:
    """Of all workers one looks at a time."""

    def __init__(self, database: Database, clock: Clock = time.time) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Bring the alarms up to date, unless somebody is at it."""
        now = moment(self._clock())
        async with self._database.transaction() as connection:
            (is_ours,) = await (await execute(connection, _LOCK, {"lock": LOCK})).fetchone() or (False,)
            if is_ours:
                found = [*await failing(connection), *await late(connection, now)]
                await settle(connection, found, now)
