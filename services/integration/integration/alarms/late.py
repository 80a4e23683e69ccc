"""Which streams are late: none of their runs has succeeded for two periods, or for as long as the integration says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from ecatalog.core.clock import local_zone
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs.schema import UNFINISHED
from ecatalog.jobs.timing import Timing

from integration.alarms.findings import Finding
from integration.alarms.runs import LAST_EXCHANGE, LAST_SUCCESS, LIVE, OF_STREAM, STREAMS
from integration.integrations.pause import PAUSED

# An integration without schedules is watched as a whole, and only if it says for how long nothing may come.
_WATCHED = compose(
    """
    select i.id, w.stream, w.every_minutes, w.cron, w.time_zone, i.alarm_after_minutes, {paused},
           greatest(w.since, i.watched_since, case when i.paused_until <= %(now)s then i.paused_until end),
           greatest((select max(f.finished_at) from (values {streams}) t(stream)
                      cross join lateral ({last_success}) f where w.stream in ('', t.stream)),
                    case w.stream when '' then {last_exchange} end),
           (select max(j.created_at) from (values (w.stream)) t(stream), job j where {of_stream} and j.{unfinished})
      from integration i
     cross join lateral (
        select a.stream, s.every_minutes, s.cron, s.time_zone, s.active_since as since
          from job_schedule s cross join lateral jsonb_array_elements_text(s.args -> 'streams') a(stream)
         where s.task = 'sync' and s.subject = 'integration/' || i.id and s.is_active
        union all
        select '', null, null, '', null
         where i.alarm_after_minutes is not null and not exists (
               select from job_schedule s
                where s.task = 'sync' and s.subject = 'integration/' || i.id and s.is_active)
     ) w
     where {live}
    """,
    paused=PAUSED, streams=STREAMS, last_success=LAST_SUCCESS, last_exchange=LAST_EXCHANGE, of_stream=OF_STREAM,
    unfinished=UNFINISHED, live=LIVE,
)  # fmt: skip


class Watched(NamedTuple):
    """A stream that somebody expects to run, or a source as a whole, which has no stream.

    ``alarm_after_minutes`` takes the place of two periods where it is at least one: that of products means nothing to
    clients that come once a night. ``since`` is when the waiting began anew, ``success`` when a run ended well last,
    ``begun`` when one began that is still at work.
    """

    integration_id: int
    stream: str
    every_minutes: int | None
    cron: str | None
    time_zone: str
    alarm_after_minutes: int | None
    is_paused: bool
    since: datetime
    success: datetime | None
    begun: datetime | None

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the last success is too long ago."""
        return self.success is None or self._limit(self.success) < now

    def is_late(self, now: datetime) -> bool:
        """Return whether that is worth an alarm: neither is it paused, nor has the waiting only begun."""
        start = max(self.success or self.since, self.since)
        return not self.is_paused and self._limit(start) < now and not self._is_at_work(start, now)

    def _limit(self, start: datetime) -> datetime:
        given = timedelta(minutes=self.alarm_after_minutes or 0)
        period = self._period(start)
        return start + (given if given >= period else 2 * period)

    def _is_at_work(self, start: datetime, now: datetime) -> bool:
        """Return whether a run of the present period is at work: it may yet end well."""
        return self.begun is not None and now - self.begun < self._period(start)

    def _period(self, start: datetime) -> timedelta:
        if not self.stream:
            return timedelta(0)
        return (Timing(self.every_minutes, self.cron, self.time_zone).two_periods_after(start) - start) / 2


async def late(connection: Transaction, now: datetime) -> list[Finding]:
    """Find the streams whose last success is too long ago; not every one is worth an alarm."""
    rows = await (await execute(connection, _WATCHED, {"now": now})).fetchall()
    return list(_findings((Watched(*row) for row in rows), now))


def _findings(watched: Iterable[Watched], now: datetime) -> Iterable[Finding]:
    for one in watched:
        if one.is_overdue(now):
            yield Finding(one.integration_id, one.stream, "late", _message(one) if one.is_late(now) else None)


def _message(watched: Watched) -> str:
    what = f"No run of {watched.stream}" if watched.stream else "No run"
    if watched.success is None:
        return f"{what} has succeeded yet."
    zone = local_zone()
    return f"{what} has succeeded since {watched.success.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})."
