"""Schedules as administrators see them: SQL by which PostgreSQL renders the JSON."""

from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, compose, join
from ecatalog.jobs.status import WIRE_STATUS

# What is at work counts first, then what failed.
_LAST_STATUS = compose(
    """
    (select (array_agg(x.status order by x.status = 'completed', x.status = 'error'))[1]
       from (select {status} as status from job j where j.id = any(s.last_jobs)) x)
    """,
    status=WIRE_STATUS,
)
_TIMES = {
    name: compose("to_char(s.{name}, {format}) as {name}", name=Ident(name), format=TIMESTAMP)
    for name in ("next_at", "last_at", "created_at", "updated_at")
}
_SCHEDULES = compose(
    """
    select s.id, s.args -> 'streams' as streams, s.args ->> 'mode' as mode, s.every_minutes, s.cron, s.time_zone,
           s.is_active, {next_and_last}, {status} as last_status, s.missed, {times}
      from job_schedule s where s.task = 'sync' and s.subject = %(subject)s
    """,
    next_and_last=join(", ", (_TIMES["next_at"], _TIMES["last_at"])), status=_LAST_STATUS,
    times=join(", ", (_TIMES["created_at"], _TIMES["updated_at"])),
)  # fmt: skip

LIST = compose(
    "select coalesce(json_agg(row_to_json(x)), '[]'::json) from ({schedules} order by s.id) x", schedules=_SCHEDULES
)
ONE = compose("select row_to_json(x) from ({schedules} and s.id = %(id)s) x", schedules=_SCHEDULES)
