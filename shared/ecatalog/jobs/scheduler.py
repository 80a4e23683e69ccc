"""Starts what schedules ask for, whichever worker looks first."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from ecatalog.core.clock import Clock, moment
from ecatalog.core.outages import is_transient
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.jobs import schedules
from ecatalog.jobs.queue import Deferred
from ecatalog.jobs.schedules import Schedule
from ecatalog.telemetry.logging import logger

log = logger(__name__)

LOOK_SECONDS = 2.0
WAIT = timedelta(seconds=10)
"""A due schedule that cannot be started now is looked at again after this time."""


class ScheduleOver(Exception):
    """There is nothing any longer that the schedule could start."""


Start = Callable[[Transaction, Schedule, datetime], Awaitable[Sequence[Deferred] | None]]
"""Defers the jobs of a schedule at a time. None means not now: the due time waits, at most until the next one.

Raises :class:`ScheduleOver`; then the schedule is deleted.
"""


class Scheduler:
    """Starts the schedules of each task by its ``Start``.

    The row of a schedule is locked while it is started, and moves on in the same transaction: however many workers
    look, each due time is started once. Of those that passed while nobody looked, or while it could not be started, the
    last is made up and the others are counted as missed.
    """

    def __init__(self, database: Database, starts: Mapping[str, Start], clock: Clock = time.time) -> None:
        self._database = database
        self._starts = starts
        self._clock = clock

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.start_due()
            await asyncio.sleep(LOOK_SECONDS)

    async def start_due(self) -> None:
        """Look at every schedule that is due."""
        while await self._look_at_next():
            pass

    async def _look_at_next(self) -> bool:
        now, schedule = moment(self._clock()), None
        try:
            async with self._database.transaction() as connection:
                schedule = await schedules.lock_due(connection, [*self._starts], now)
                if schedule:
                    await self._look_at(connection, schedule, now)
        except Exception as error:
            if schedule is None or is_transient(error):
                raise
            log.exception("a schedule cannot be started", schedule=schedule.id, exc_info=error)
            await schedules.put_off(self._database, schedule, now, now + WAIT)  # it must not hold the others up
        return schedule is not None

    async def _look_at(self, connection: Transaction, schedule: Schedule, now: datetime) -> None:
        due, missed, following = reached = schedule.timing.reached(schedule.next_at or now, now)
        if following <= now:  # so many have passed that the rest is for the next look
            await schedules.waits(connection, schedule, following, missed + 1, following)
            return
        try:
            jobs = await self._starts[schedule.task](connection, schedule, now)
        except ScheduleOver:
            await schedules.delete(connection, schedule)
            return
        if jobs is None:
            await schedules.waits(connection, schedule, due, missed, min(now + WAIT, following))
        else:
            await schedules.has_started(connection, schedule, reached, jobs, now)
