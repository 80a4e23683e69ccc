"""Which streams fail: their last two runs did, or the last one and the next is hours away."""

from datetime import timedelta

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute

from integration.alarms.findings import Finding
from integration.alarms.runs import LIVE, OF_STREAM, SCHEDULED, STREAMS

ALONE = timedelta(hours=6)
"""A single failure is told when the schedule's period is at least this long."""

_FAILING = compose(
    """
    select i.id, t.stream, cardinality(array_positions(ended.statuses, 'failed')),
           (select min(s.next_at - coalesce(s.due_at, s.active_since)) from job_schedule s where {scheduled})
      from integration i cross join (values {streams}) t(stream)
     cross join lateral (
        select array_agg(e.status order by e.id desc) as statuses from (
            select j.id, j.status from job j
             where {of_stream} and j.status in ('succeeded', 'failed') order by j.id desc limit 2) e
     ) ended
     where {live} and ended.statuses[1] = 'failed'
    """,
    scheduled=SCHEDULED, streams=STREAMS, of_stream=OF_STREAM, live=LIVE,
)  # fmt: skip


async def failing(connection: Transaction) -> list[Finding]:
    """Find the streams whose last run failed; a first failure is not told when the next run is soon."""
    rows = await (await execute(connection, _FAILING)).fetchall()
    return [
        Finding(integration_id, stream, "failed", _message(stream, *about)) for integration_id, stream, *about in rows
    ]


def _message(stream: str, failures: int, period: timedelta | None) -> str | None:
    if failures > 1:
        return f"The last runs of {stream} failed."
    if period is not None and period >= ALONE:
        return f"The last run of {stream} failed, and no other is due soon."
    return None
