"""Metrics of sources: since when each has no success, and which alarms are open."""

from ecatalog.db.sql import compose
from prometheus_client import Gauge

from integration.alarms.runs import LAST_SUCCESS, LIVE, SCHEDULED, STREAMS

LABELS = ("integration", "stream")
SINCE_SUCCESS = Gauge("source_last_success_seconds", "How long ago a run of the stream succeeded last", LABELS)
LATE = Gauge("source_late", "1 while no run of the stream has succeeded for too long", LABELS)
FAILED = Gauge("source_failed", "1 while the runs of the stream fail", LABELS)

# An alarm of the source as a whole has no stream.
SOURCES = compose(
    """
    select i.id::text, t.stream, extract(epoch from now() - success.finished_at)::float8,
           coalesce(alarm.is_late, false)::int, coalesce(alarm.is_failed, false)::int
      from integration i cross join (values {streams}, ('')) t(stream)
      left join lateral ({last_success}) success on true
     cross join lateral (
        select bool_or(a.kind = 'late') as is_late, bool_or(a.kind = 'failed') as is_failed from source_alarm a
         where a.integration_id = i.id and a.stream = t.stream and a.cleared_at is null) alarm
     where {live} and (success.finished_at is not null or alarm.is_late is not null
                       or exists (select from job_schedule s where {scheduled}))
     order by i.id, t.stream
    """,
    streams=STREAMS, last_success=LAST_SUCCESS, live=LIVE, scheduled=SCHEDULED,
)  # fmt: skip
"""Rows of an integration and a stream, and the values of the gauges."""
