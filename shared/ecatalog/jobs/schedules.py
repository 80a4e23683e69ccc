"""Schedules say when jobs are started without anybody's asking; they are rows of ``job_schedule``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs.queue import Deferred
from ecatalog.jobs.task import Task
from ecatalog.jobs.timing import Reached, Timing

A = TypeVar("A", bound=BaseModel)

_COLUMNS = compose("id, task, subject, args::text, every_minutes, cron, time_zone, is_active, next_at")
_CREATE = """
    insert into job_schedule (task, subject, args, every_minutes, cron, time_zone, is_active, active_since, next_at,
                              look_at)
    values (%(task)s, %(subject)s, %(args)s::jsonb, %(every_minutes)s::int, %(cron)s, %(time_zone)s, %(is_active)s,
            %(now)s, %(next_at)s, %(next_at)s)
    returning id
"""
# What is due remains due when neither the times nor the activity change.
_CHANGE = """
    update job_schedule
       set args = %(args)s::jsonb, every_minutes = %(every_minutes)s::int, cron = %(cron)s, time_zone = %(time_zone)s,
           is_active = %(is_active)s, updated_at = %(now)s,
           active_since = case when %(begins)s then %(now)s else active_since end,
           next_at = case when %(begins)s then %(next_at)s else next_at end,
           look_at = case when %(begins)s then %(next_at)s else look_at end
     where id = %(id)s
"""
_DELETE = "delete from job_schedule where id = %(id)s"
_LOCK = compose(
    "select {columns} from job_schedule where task = %(task)s and subject = %(subject)s and id = %(id)s for update",
    columns=_COLUMNS,
)
_DUE = compose(
    """
    select {columns} from job_schedule
     where is_active and task = any(%(tasks)s::text[]) and look_at <= %(now)s
     order by look_at, id limit 1 for update skip locked
    """,
    columns=_COLUMNS,
)
_STARTED = """
    update job_schedule
       set next_at = %(following)s, look_at = %(following)s, due_at = %(due)s, last_at = %(now)s,
           last_jobs = %(jobs)s::bigint[], missed = missed + %(missed)s::int
     where id = %(id)s
"""
_WAITS = """
    update job_schedule set next_at = %(due)s, look_at = %(look_at)s, missed = missed + %(missed)s::int
     where id = %(id)s
"""
_PUT_OFF = "update job_schedule set look_at = %(look_at)s where id = %(id)s and look_at <= %(now)s"


class Schedule(NamedTuple):
    """A schedule whose row is locked. ``raw_args`` is the JSON of what it starts, ``next_at`` its next due time."""

    id: int
    task: str
    subject: str
    raw_args: str
    every_minutes: int | None
    cron: str | None
    time_zone: str
    is_active: bool
    next_at: datetime | None

    @property
    def timing(self) -> Timing:
        return Timing(self.every_minutes, self.cron, self.time_zone)

    def args(self, model: type[A]) -> A:
        return model.model_validate_json(self.raw_args)


async def create(
    connection: Transaction, task: Task[Any, Any], subject: str, args: BaseModel, timing: Timing, *, is_active: bool,
    now: datetime,
) -> int:  # fmt: skip
    """Create a schedule, which is due for the first time after ``now``; return its id."""
    about = {"task": task.name, "subject": subject}
    found = await execute(connection, _CREATE, about | _values(args, timing, is_active, now))
    (schedule_id,) = await found.fetchone() or (0,)
    return int(schedule_id)


async def lock(connection: Transaction, task: Task[Any, Any], subject: str, schedule_id: int) -> Schedule | None:
    """Lock a schedule of a subject; None when it has no such one."""
    about = {"task": task.name, "subject": subject, "id": schedule_id}
    row = await (await execute(connection, _LOCK, about)).fetchone()
    return Schedule(*row) if row else None


async def change(
    connection: Transaction, schedule: Schedule, args: BaseModel, timing: Timing, *, is_active: bool, now: datetime
) -> None:
    """Change a schedule. New times, and a schedule that is switched on, begin after ``now``."""
    begins = timing != schedule.timing or is_active != schedule.is_active
    values = {"id": schedule.id, "begins": begins} | _values(args, timing, is_active, now)
    await execute(connection, _CHANGE, values)


async def delete(connection: Transaction, schedule: Schedule) -> None:
    await execute(connection, _DELETE, {"id": schedule.id})


async def lock_due(connection: Transaction, tasks: Sequence[str], now: datetime) -> Schedule | None:
    """Lock the schedule that has waited longest for somebody to look at it."""
    row = await (await execute(connection, _DUE, {"tasks": list(tasks), "now": now})).fetchone()
    return Schedule(*row) if row else None


async def has_started(
    connection: Transaction, schedule: Schedule, reached: Reached, jobs: Sequence[Deferred], now: datetime
) -> None:
    """Note what was started for the due time that has been reached."""
    values = reached._asdict() | {"id": schedule.id, "jobs": [job.id for job in jobs], "now": now}
    await execute(connection, _STARTED, values)


async def waits(connection: Transaction, schedule: Schedule, due: datetime, missed: int, look_at: datetime) -> None:
    """Let a due time wait until ``look_at``; those before it are missed."""
    values = {"id": schedule.id, "due": due, "missed": missed, "look_at": look_at}
    await execute(connection, _WAITS, values)


async def put_off(database: Database, schedule: Schedule, now: datetime, look_at: datetime) -> None:
    """Look at a schedule later, unless somebody has looked at it meanwhile."""
    await database.execute(_PUT_OFF, {"id": schedule.id, "now": now, "look_at": look_at})


def _values(args: BaseModel, timing: Timing, is_active: bool, now: datetime) -> dict[str, Any]:
    return {
        "args": args.model_dump_json(), "every_minutes": timing.every_minutes, "cron": timing.cron,
        "time_zone": timing.time_zone, "is_active": is_active, "now": now,
        "next_at": timing.after(now) if is_active else None,
    }  # fmt: skip
