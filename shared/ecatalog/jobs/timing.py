"""When a schedule is due: every so many minutes, or as a cron expression says in a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from cronsim import CronSim, CronSimError

from ecatalog.core.clock import zone

FIELDS = 5
AT_ONCE = 1000
"""So many due times are passed over in one step: a schedule that was left for a year must not hold the others up."""


class NeverDue(ValueError):
    """An expression is none of cron, or no time of the next fifty years fits it."""


class Reached(NamedTuple):
    """The due times that have come: the latest of them, how many stood before it, and the one that follows.

    After very many the following one has come too: then it is the next to be looked at.
    """

    due: datetime
    missed: int
    following: datetime


@dataclass(frozen=True)
class Timing:
    """Either ``every_minutes``, or ``cron``: five fields, which mean the clock of ``time_zone``.

    When that clock is moved, cron's own rules hold: a time that is left out is due when the clock goes on, one that
    comes twice is due once, and an expression that begins with a star goes on by the hours that really pass.
    """

    every_minutes: int | None
    cron: str | None
    time_zone: str

    def after(self, moment: datetime) -> datetime:
        """Return the first due time after a moment, in UTC. Raises :class:`NeverDue`."""
        return next(self._times(moment))

    def reached(self, due: datetime, now: datetime) -> Reached:
        """Return what has come by ``now`` of the due times from ``due`` on, which has come itself."""
        missed = 0
        for following in self._times(due):
            if following > now or missed == AT_ONCE:
                return Reached(due, missed, following)
            due, missed = following, missed + 1
        raise AssertionError("the times have no end")

    def two_periods_after(self, moment: datetime) -> datetime:
        """Return the moment that is as far behind its due time, two periods on, as ``moment`` is behind its own."""
        first, second = islice(self._times(moment), 2)
        if self.cron is None:
            return second
        before = next(self._walk(self.cron, moment, reverse=True), moment)
        return second + min(moment - before, second - first)

    def _times(self, moment: datetime) -> Iterator[datetime]:
        if self.cron is not None:
            yield from (time for time in self._walk(self.cron, moment) if time > moment)
            raise NeverDue("no time of the next 50 years fits it")
        step = timedelta(minutes=self.every_minutes or 1)
        while True:
            moment += step
            yield moment

    def _walk(self, cron: str, moment: datetime, *, reverse: bool = False) -> Iterator[datetime]:
        try:
            walk = CronSim(cron, moment.astimezone(zone(self.time_zone)), reverse=reverse)
        except CronSimError as error:
            raise NeverDue(str(error)) from None
        return (time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC) for time in walk)


def check(cron: str, now: datetime) -> None:
    """Raise :class:`NeverDue` for an expression without five fields, or without a time to come."""
    if len(cron.split()) != FIELDS:
        raise NeverDue("Wrong number of fields")
    Timing(None, cron, "UTC").after(now)
