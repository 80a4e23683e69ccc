"""The workers' side of the queue: claims, heartbeats, and the ways in which a claim ends."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel

from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, Sql, compose, execute, number
from ecatalog.jobs.liveness import HELD, WORK
from ecatalog.jobs.progress import as_json
from ecatalog.jobs.schema import UNFINISHED
from ecatalog.jobs.state import CHANGED, JobState, changes, first, notify
from ecatalog.jobs.task import JobEnded, JobLost, JobOver, Task
from ecatalog.telemetry.context import request_id, traceparent

HERE = Ident("here")
"""The queue of jobs that a command runs itself; no worker looks at it."""

MANY = 60
LONGEST_PAUSE = 30

_CLAIMED = compose(
    "j.id, j.task_id, j.task, j.status, j.user_id, j.request_id, j.traceparent, j.args::text, j.subject, j.phase,"
    " j.counters, j.fence, j.failures"
)


def of_task(values: str, type_: str) -> Sql:
    """Select from a parameter, an array in the order of ``tasks``, the value for the task of the row ``j``."""
    return compose(
        "(%({values})s::{type}[])[array_position(%(tasks)s::text[], j.task)]", values=Ident(values), type=Ident(type_)
    )


# A second interruption within a minute, and each further one, is answered by a pause.
_PAUSES = compose(
    "(j.status = 'doing' and j.interruptions > 0 and j.started_at > now() - interval '{many} s')", many=number(MANY)
)
# A job with locks must be the oldest that has one of them. For an ``exists``, or a plain ``min``, PostgreSQL would walk
# through every job that ever was.
_CLAIM = compose(
    """
    with picked as materialized (
        select j.id from job j
         where j.queue = %(queue)s and j.task = any(%(tasks)s::text[]) and j.{unfinished}
           and case j.status when 'todo' then j.scheduled_at <= now()
                    else not {held}
                         and j.interruptions + 1 < {limits} end
           and (j.locks = '{{}}' or j.id = (
                select min(o.id + 0) from job o where o.locks && j.locks and o.{unfinished}))
         order by j.priority desc, j.id limit 1 for no key update of j skip locked
    )
    update job j
       set fence = j.fence + 1, interruptions = j.interruptions + (j.status = 'doing')::int,
           status = case when {pauses} then 'todo' else 'doing' end,
           scheduled_at = case when {pauses}
               then now() + make_interval(secs => least({longest}, power(2, least(j.interruptions, 10) - 1)))
               else j.scheduled_at end,
           worker_id = case when {pauses} then null else %(worker_id)s::int end,
           lease_until = case when {pauses} then null
               else now() + make_interval(secs => {leases}) end,
           started_at = case when {pauses} then j.started_at else now() end
      from picked p where j.id = p.id
    returning {claimed}
    """,
    unfinished=UNFINISHED, held=HELD, limits=of_task("limits", "int"), pauses=_PAUSES, longest=number(LONGEST_PAUSE),
    leases=of_task("leases", "float8"), claimed=_CLAIMED,
)  # fmt: skip
_HERE = compose(
    """
    insert into job as j (task_id, request_id, traceparent, queue, task, phase, args, subject, status, fence, worker_id,
                          lease_until, started_at)
    values (%(task_id)s, %(request_id)s, %(traceparent)s, '{here}', %(task)s, %(phase)s, %(args)s::jsonb, %(subject)s,
            'doing', 1, %(worker_id)s, now() + make_interval(secs => %(lease)s::float8), now())
    returning {changed}
    """,
    here=HERE,
    changed=CHANGED,
)
# A row that somebody has locked is not waited for: its lease is renewed in the next round.
_HEARTBEAT = compose(
    """
    with ours as materialized (
        select * from unnest(%(ids)s::bigint[], %(fences)s::bigint[], %(leases)s::float8[]) o(id, fence, lease)
    ), locked as materialized (
        select j.id from job j join ours o on j.id = o.id and j.fence = o.fence
         where j.worker_id is not null for no key update of j skip locked
    ), renewed as (
        update job j
           set worker_id = %(worker_id)s, lease_until = clock_timestamp() + make_interval(secs => o.lease)
          from locked l join ours o using (id) where j.id = l.id
    )
    select o.id, o.fence, j.status, j.fence from ours o left join job j using (id)
     where j.id is null or j.fence <> o.fence or not j.{unfinished}
    """,
    unfinished=UNFINISHED,
)
_RELEASE = compose(
    """
    update job j
       set worker_id = null, lease_until = null,
           status = case when j.status = 'doing' and not %(interrupted)s then 'todo' else j.status end,
           scheduled_at = case when j.status = 'doing'
               then now() + make_interval(secs => %(pause)s::float8) else j.scheduled_at end
     where j.id = %(id)s and j.fence = %(fence)s
    returning {changed}
    """,
    changed=CHANGED,
)
_SUCCEED = compose(
    """
    update job j
       set status = case when j.status = 'doing' then 'succeeded' else j.status end,
           finished_at = coalesce(j.finished_at, clock_timestamp()), worker_id = null, lease_until = null
     where j.id = %(id)s and j.fence = %(fence)s
       and (j.status in ('succeeded', 'failed') or j.status = 'doing' and j.total is null)
    returning {changed}
    """,
    changed=CHANGED,
)
_RETRIED = compose("(j.failures + 1 < %(most)s::int)")
_FAIL = compose(
    """
    update job j
       set failures = j.failures + 1, worker_id = null, lease_until = null,
           status = case when {retried} then 'todo' else 'failed' end,
           scheduled_at = case when {retried}
               then now() + make_interval(secs => %(pause)s::float8) else j.scheduled_at end,
           error = case when {retried} then j.error else %(error)s end,
           result = case when {retried} then j.result else coalesce(%(result)s::json, j.result) end,
           finished_at = case when not {retried} then clock_timestamp() end
     where j.id = %(id)s and j.fence = %(fence)s and j.status = 'doing'
    returning {changed}
    """,
    retried=_RETRIED,
    changed=CHANGED,
)
_WHAT_IS = "select status, fence from job where id = %(id)s"


class Claimed(NamedTuple):
    """A job that is this worker's, under ``fence``; or one that has to wait, which is nobody's."""

    id: int
    task_id: UUID
    task: str
    status: str
    user_id: int | None
    request_id: str
    traceparent: str
    raw_args: str
    subject: str
    phase: str
    counters: dict[str, int]
    fence: int
    failures: int

    @property
    def key(self) -> dict[str, Any]:
        return {"id": self.id, "fence": self.fence}


async def claim(database: Database, queue: str, tasks: Collection[Task[Any, Any]], worker_id: int) -> Claimed | None:
    """Claim the first job of a queue that may run now."""
    parameters = {
        "queue": queue, "worker_id": worker_id, "tasks": [task.name for task in tasks],
        "leases": [task.lease for task in tasks], "limits": [task.max_interruptions for task in tasks],
    }  # fmt: skip
    while row := await database.execute_row(_CLAIM, parameters):
        claimed = Claimed(*row)
        if claimed.status == "doing":
            return claimed
    return None


async def claim_here(
    database: Database, task: Task[Any, Any], args: BaseModel, worker_id: int, *, subject: str
) -> Claimed:
    """Defer and claim a job in one transaction."""
    parameters = {
        "task_id": uuid7(), "request_id": request_id.get(), "traceparent": traceparent.get(),
        "task": task.name, "phase": task.first_phase, "args": args.model_dump_json(), "subject": subject,
        "worker_id": worker_id, "lease": task.lease,
    }  # fmt: skip
    async with database.transaction() as connection:
        (state,) = await changes(connection, await execute(connection, _HERE, parameters))
    return Claimed(
        state.id, state.task_id, task.name, state.status, None, request_id.get(), traceparent.get(), state.raw_args,
        subject, state.phase, {}, 1, 0,
    )  # fmt: skip


async def heartbeat(
    database: Database, held: Sequence[tuple[Claimed, Task[Any, Any]]], worker_id: int
) -> dict[tuple[int, int], JobOver]:
    """Renew claims in the name of the present session; return those that are over, by their ids and fences.

    A claim on a job that has ended is renewed too: its handler may still be saving what it received.
    """
    parameters = {
        "ids": [claimed.id for claimed, _ in held], "fences": [claimed.fence for claimed, _ in held],
        "leases": [task.lease for _, task in held], "worker_id": worker_id,
    }  # fmt: skip
    async with database.connection() as connection:
        rows = await (await execute(connection, _HEARTBEAT, parameters)).fetchall()
    return {(job_id, fence): _why_over(fence, found) for job_id, fence, *found in rows}


async def look(database: Database, claimed: Claimed) -> JobOver | None:
    """Say why a job is over; None while it is ours."""
    found = await database.fetch_row(_WHAT_IS, claimed.key)
    return None if found == ("doing", claimed.fence) else _why_over(claimed.fence, found)


async def why_over(connection: Transaction, claimed: Claimed) -> JobOver:
    """Say why a job does not go on here."""
    found = await (await execute(connection, _WHAT_IS, claimed.key)).fetchone()
    return _why_over(claimed.fence, found)


def _why_over(fence: int, found: Sequence[Any] | None) -> JobOver:
    status, present = found or (None, None)
    return JobEnded() if present == fence and status in {"succeeded", "failed"} else JobLost()


async def release(database: Database, claimed: Claimed, pause: float = 0.0, *, interrupted: bool = False) -> None:
    """Let go of a job, if it is still ours. One that has not ended is claimable again after so many seconds.

    With ``interrupted`` it is left as by a worker that died: the next claim counts the interruption, or the limit of
    the task ends it.
    """
    values = {"pause": pause, "interrupted": interrupted}
    async with database.transaction() as connection:
        cursor = await execute(connection, _RELEASE, claimed.key | values)
        state = first(await changes(connection, cursor))
        if state and not state.is_finished and not pause:
            await notify(connection, WORK)


async def succeed(database: Database, claimed: Claimed) -> JobState | None:
    """End a job that has no rows and let go of it, as of one that its last row has ended.

    None when rows are missing, or the job is not ours.
    """
    async with database.transaction() as connection:
        return first(await changes(connection, await execute(connection, _SUCCEED, claimed.key)))


async def fail(
    database: Database, claimed: Claimed, error: str | None, *, most: int, pause: float, result: Any = None
) -> JobState | None:
    """Count a failure: the one that makes ``most`` fails the job, those before it are answered by a pause.

    Return None when the job is not ours.
    """
    values = {"error": error, "most": most, "pause": pause, "result": as_json(result)}
    async with database.transaction() as connection:
        return first(await changes(connection, await execute(connection, _FAIL, claimed.key | values)))
