"""The askers' side of the queue: deferring jobs, recording what is done already, cancelling."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel
from typing_extensions import Unpack

from ecatalog.core.ids import uuid7
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs.liveness import WORK
from ecatalog.jobs.progress import Progress, add_errors, count, parameters
from ecatalog.jobs.schema import UNFINISHED
from ecatalog.jobs.state import CHANGED, JobState, changes, first, notify
from ecatalog.jobs.task import Task
from ecatalog.telemetry.context import request_id, traceparent

LOCK_CLASS = 0x0EC0_0005

# Ids grow in the order of their transactions' commits among jobs that share a lock: the claim relies on it.
_SERIALIZE = """
    select pg_advisory_xact_lock(%(class)s, n.hash)
      from (select distinct hashtext(name) as hash from unnest(%(names)s::text[]) name order by 1) n
"""
_DEFER = compose(
    """
    insert into job as j (task_id, user_id, request_id, traceparent, queue, task, phase, args, subject, locks,
                          queueing_lock)
    select n.task_id, %(user_id)s, %(request_id)s, %(traceparent)s, %(queue)s, %(task)s, %(phase)s, n.args, n.subject,
           n.locks, n.queueing_lock
      from rows from (
               jsonb_to_recordset(%(jobs)s::jsonb)
               as (task_id uuid, args jsonb, subject text, locks text[], queueing_lock text)
           ) with ordinality n(task_id, args, subject, locks, queueing_lock, position)
     where n.queueing_lock is null or %(at_most)s::int is null
        or (select count(*) from job o where o.queueing_lock = n.queueing_lock and o.{unfinished}) < %(at_most)s::int
     order by n.position
    returning {changed}
    """,
    unfinished=UNFINISHED,
    changed=CHANGED,
)
_PRESENT = compose(
    """
    select q.name, j.id, j.task_id
      from unnest(%(names)s::text[]) q(name)
     cross join lateral (
        select o.id, o.task_id from job o where o.queueing_lock = q.name and o.{unfinished}
         order by o.id offset %(at_most)s::int - 1 limit 1
     ) j
    """,
    unfinished=UNFINISHED,
)
_RECORD = compose(
    """
    insert into job as j (task_id, user_id, request_id, traceparent, queue, task, phase, args, subject, status, total,
                          processed, created, updated, unchanged, skipped, errors, counters, message, warnings, result,
                          started_at, finished_at, cleaned_at)
    values (%(task_id)s, %(user_id)s, %(request_id)s, %(traceparent)s, %(queue)s, %(task)s, %(phase)s, %(args)s::jsonb,
            %(subject)s, 'succeeded', %(total)s, %(processed)s, %(created)s, %(updated)s, %(unchanged)s, %(skipped)s,
            %(errors)s, %(counters)s::jsonb, %(message)s, coalesce(%(warnings)s::json, '[]'), %(result)s::json,
            now(), clock_timestamp(), now())
    returning {changed}
    """,
    changed=CHANGED,
)
_RECORDED = "update job set finished_at = clock_timestamp() where id = %(id)s"
_MOVE = "update job set queue = %(queue)s where id = %(id)s"
_END = compose(
    """
    update job j
       set status = %(status)s, error = %(error)s, result = coalesce(%(result)s::json, j.result),
           finished_at = clock_timestamp()
     where j.id = %(id)s and j.{unfinished}
    returning {changed}
    """,
    unfinished=UNFINISHED,
    changed=CHANGED,
)


class Deferred(NamedTuple):
    """The inner id of a job, and the one that clients know."""

    id: int
    task_id: UUID


class NewJob(NamedTuple):
    """A job to defer: its arguments, its subject, and the locks that it shares with others."""

    args: BaseModel
    subject: str = ""
    locks: Sequence[str] = ()
    queueing_lock: str | None = None


async def defer(
    connection: Transaction, task: Task[Any, Any], args: BaseModel, *, subject: str = "", locks: Sequence[str] = (),
    queueing_lock: str | None = None, at_most: int | None = None, user_id: int | None = None,
) -> Deferred:  # fmt: skip
    """Defer a job in the caller's transaction.

    Of jobs that share one of ``locks`` one runs at a time, the oldest first. While ``at_most`` unfinished jobs have
    this ``queueing_lock`` no further one is created, and the last of them is meant.
    """
    job = NewJob(args, subject, locks, queueing_lock)
    (deferred,) = await defer_many(connection, task, [job], at_most=at_most, user_id=user_id)
    return deferred


async def defer_many(
    connection: Transaction, task: Task[Any, Any], jobs: Sequence[NewJob], *, at_most: int | None = None,
    user_id: int | None = None,
) -> list[Deferred]:  # fmt: skip
    """Defer several jobs with queueing locks that differ; :func:`defer` says the rest."""
    asked = {uuid7(): job for job in jobs}
    names = [*{name for job in jobs for name in (*job.locks, job.queueing_lock) if name}]
    if names:
        await execute(connection, _SERIALIZE, {"class": LOCK_CLASS, "names": names})
    about = _about(task, user_id) | {"phase": task.first_phase, "at_most": at_most}
    found: dict[UUID, Deferred] = {}
    # Once, except when one of those that are meant ends between the two statements.
    while missing := {task_id: job for task_id, job in asked.items() if task_id not in found}:
        found |= await _insert(connection, about, missing)
        if len(found) < len(asked):
            found |= await _present(connection, about, missing)
    return [found[task_id] for task_id in asked]


async def _insert(connection: Transaction, about: dict[str, Any], jobs: dict[UUID, NewJob]) -> dict[UUID, Deferred]:
    rows = orjson.dumps([_row(task_id, job) for task_id, job in jobs.items()]).decode()
    states = await changes(connection, await execute(connection, _DEFER, about | {"jobs": rows}))
    if states:
        await notify(connection, WORK)
    return {state.task_id: Deferred(state.id, state.task_id) for state in states}


async def _present(connection: Transaction, about: dict[str, Any], jobs: dict[UUID, NewJob]) -> dict[UUID, Deferred]:
    """Find the jobs that are meant by those for which there is no room."""
    asked = {job.queueing_lock: task_id for task_id, job in jobs.items() if job.queueing_lock}
    parameters = {"names": [*asked], "at_most": about["at_most"]}
    found = await (await execute(connection, _PRESENT, parameters)).fetchall()
    return {asked[name]: Deferred(job_id, task_id) for name, job_id, task_id in found}


async def record(
    connection: Transaction, task: Task[Any, Any], args: BaseModel, *, subject: str = "", user_id: int | None = None,
    **progress: Unpack[Progress],
) -> Deferred:  # fmt: skip
    """Record work of this transaction as a job that has succeeded; ``total`` and the rest are its numbers."""
    asked = {"task_id": uuid7(), "args": args.model_dump_json(), "subject": subject}
    values = parameters({"phase": [*task.phases][-1] if task.phases else "", **progress})
    cursor = await execute(connection, _RECORD, _about(task, user_id) | asked | values)
    (state,) = await changes(connection, cursor)
    if errors := progress.get("errors"):
        await add_errors(connection, state.id, errors)
        await execute(connection, _RECORDED, {"id": state.id})
    count(connection, task.name, progress)
    return Deferred(state.id, state.task_id)


async def move(connection: Transaction, job_id: int, queue: str) -> None:
    """Move a job that was just deferred to another queue."""
    await execute(connection, _MOVE, {"id": job_id, "queue": queue})


async def cancel(connection: Transaction, job_id: int, message: str) -> JobState | None:
    """End a job at once; what was applied stays and is counted. Return None when it had ended before."""
    return await _end(connection, job_id, "cancelled", message)


async def fail(connection: Transaction, job_id: int, message: str, result: Any = None) -> JobState | None:
    """End a job in error from outside its handler; return None when it had ended before."""
    return await _end(connection, job_id, "failed", message, result)


async def _end(connection: Transaction, job_id: int, status: str, message: str, result: Any = None) -> JobState | None:
    values = {"id": job_id, "status": status, "error": message}
    values["result"] = None if result is None else orjson.dumps(result).decode()
    return first(await changes(connection, await execute(connection, _END, values)))


def _about(task: Task[Any, Any], user_id: int | None) -> dict[str, Any]:
    return {
        "task": task.name, "queue": task.queue, "user_id": user_id, "request_id": request_id.get(),
        "traceparent": traceparent.get(),
    }  # fmt: skip


def _row(task_id: UUID, job: NewJob) -> dict[str, Any]:
    asked = {"args": job.args.model_dump(mode="json"), "subject": job.subject}
    return asked | {"task_id": str(task_id), "locks": list(job.locks), "queueing_lock": job.queueing_lock}
