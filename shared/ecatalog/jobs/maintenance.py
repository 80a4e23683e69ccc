"""Maintenance gives up jobs that were interrupted too often, cleans up after those that ended, and drops old ones."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Generic

from ecatalog.core.outages import is_transient
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, execute, number
from ecatalog.jobs.claims import HERE, of_task
from ecatalog.jobs.liveness import HELD
from ecatalog.jobs.schema import UNFINISHED
from ecatalog.jobs.state import CHANGED, STATE, JobState, changes
from ecatalog.jobs.task import C, Task
from ecatalog.telemetry.context import bound
from ecatalog.telemetry.logging import logger

log = logger(__name__)

LOOK_SECONDS = 2.0
RETENTION_SECONDS = 60.0
AT_ONCE = 1000

_GIVE_UP = compose(
    """
    with lost as materialized (
        select j.id from job j
         where j.task = any(%(tasks)s::text[]) and j.status = 'doing' and not {held}
           and (j.queue = '{here}' or j.interruptions + 1 >= {limits})
         limit {at_once} for no key update of j skip locked
    )
    update job j
       set status = 'failed', fence = j.fence + 1, interruptions = j.interruptions + 1, finished_at = clock_timestamp(),
           worker_id = null, lease_until = null, error = {sentences}
      from lost where j.id = lost.id
    returning {changed}
    """,
    held=HELD, here=HERE, limits=of_task("limits", "int"), at_once=number(AT_ONCE),
    sentences=of_task("sentences", "text"), changed=CHANGED,
)  # fmt: skip
_ENDED = compose(
    """
    select {state}, j.request_id from job j
     where j.task = any(%(tasks)s::text[]) and not j.{unfinished} and j.cleaned_at is null and j.id > %(after)s
       and not {held}
     order by j.id limit 1 for no key update of j skip locked
    """,
    state=STATE, unfinished=UNFINISHED, held=HELD,
)  # fmt: skip
_CLEANED = "update job set cleaned_at = clock_timestamp(), worker_id = null, lease_until = null where id = %(id)s"
_DROP = compose(
    """
    delete from job where id in (
        select j.id from job j
         where j.task = any(%(tasks)s::text[]) and not j.{unfinished}
           and j.finished_at < now() - make_interval(secs => case j.status
                   when 'succeeded' then {keep_succeeded}
                   else {keep} end)
           and (j.cleaned_at is not null or j.task <> all(%(cleaned)s::text[]))
         limit {at_once} for update of j skip locked
    )
    """,
    unfinished=UNFINISHED, keep_succeeded=of_task("keep_succeeded", "float8"), keep=of_task("keep", "float8"),
    at_once=number(AT_ONCE),
)  # fmt: skip


class Maintenance(Generic[C]):
    """Looks after the jobs of ``tasks``; every worker does, and none waits for the others."""

    def __init__(self, database: Database, tasks: Sequence[Task[Any, C]], context: C) -> None:
        self._database = database
        self._tasks = {task.name: task for task in tasks}
        self._context = context

    async def run(self) -> None:
        """Work until cancelled."""
        dropped_at = -RETENTION_SECONDS
        while True:
            try:
                await self.give_up()
                await self.clean()
                if time.monotonic() - dropped_at >= RETENTION_SECONDS:
                    await self.drop_old()
                    dropped_at = time.monotonic()
            except Exception as error:
                if is_transient(error):
                    log.warning("maintenance waits", error=str(error) or type(error).__name__)
                else:
                    log.exception("maintenance of jobs failed", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def give_up(self) -> None:
        """End jobs that were interrupted too often, and those of commands that were killed."""
        tasks = self._tasks.values()
        parameters = {
            "tasks": [*self._tasks], "limits": [task.max_interruptions for task in tasks],
            "sentences": [task.given_up or task.failed for task in tasks],
        }  # fmt: skip
        async with self._database.transaction() as connection:
            for state in await changes(connection, await execute(connection, _GIVE_UP, parameters)):
                log.warning("a job is given up", task=state.task, task_id=str(state.task_id), reason=state.error)

    async def clean(self) -> None:
        """Clean up after the jobs that ended; one whose cleanup fails is tried again in the next round."""
        after: int | None = 0
        while after is not None:
            after = await self._clean_next(after)

    async def _clean_next(self, after: int) -> int | None:
        parameters = {"tasks": [name for name, task in self._tasks.items() if task.cleanup], "after": after}
        job_id = None
        try:
            async with self._database.transaction() as connection:
                row = await (await execute(connection, _ENDED, parameters)).fetchone()
                if row is None:
                    return None
                state = JobState(*row[:-1])
                job_id = state.id
                cleanup = self._tasks[state.task].cleanup
                if cleanup:
                    with bound(row[-1]):
                        await cleanup(connection, self._context, state)
                await execute(connection, _CLEANED, {"id": job_id})
        except Exception as error:
            if job_id is None or is_transient(error):
                raise
            log.exception("cleaning up after a job failed", job=job_id, exc_info=error)
        return job_id

    async def drop_old(self) -> int:
        """Delete jobs that ended long enough ago, and return their number."""
        kept = {name: task for name, task in self._tasks.items() if task.keep or task.keep_succeeded is not None}
        parameters = {
            "tasks": [*kept], "cleaned": [name for name, task in kept.items() if task.cleanup],
            "keep": [task.keep.total_seconds() if task.keep else None for task in kept.values()],
            "keep_succeeded": [_seconds(task) for task in kept.values()],
        }  # fmt: skip
        dropped = 0
        while kept and (some := await self._database.execute(_DROP, parameters)):
            dropped += some
        return dropped


def _seconds(task: Task[Any, Any]) -> float | None:
    """Return how long a job that succeeded is kept: as others, unless the task says otherwise."""
    keep = task.keep if task.keep_succeeded is None else task.keep_succeeded
    return None if keep is None else keep.total_seconds()
