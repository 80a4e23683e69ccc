"""The job that renders the sizes of a new file, and the functions that defer it."""

from collections.abc import Sequence
from datetime import timedelta

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.job import Job
from ecatalog.jobs.queue import NewJob, defer_many
from ecatalog.jobs.state import JobState
from ecatalog.jobs.task import Task, TaskFailed
from ecatalog.telemetry.logging import logger
from pydantic import BaseModel, ConfigDict

from media.media_context import MediaContext
from media.pictures.limits import SIZES
from media.pictures.pool import NotAPicture, Overwhelmed
from media.renditions.metrics import FAILED
from media.renditions.service import JPEG
from media.storage import Missing, Unreachable

log = logger(__name__)

MAX_FAILURES = 5
LONGEST_REASON = 500
AT_ONCE = 500
"""Files whose jobs are deferred in one transaction: each takes a lock, and PostgreSQL has room for some thousands."""

_FILE = "select sha256 from file where id = %(id)s"
_GIVE_UP = "update file set error = %(error)s where id = %(id)s and not is_rendered"
# Rows are locked in the order of ids, as uploads do it, so that two who do this never wait for each other.
_RENDER_AGAIN = """
    update file f set is_rendered = false, error = null
      from (select id from file where id = any(%(ids)s::bigint[]) order by id for update) locked
     where f.id = locked.id
"""
_DROP_FAILED = """
    delete from job j where j.task = 'render' and j.status = 'failed'
       and not exists (select from file f where f.id = (j.args ->> 'file_id')::bigint and f.error is not null)
"""


class RenderArgs(BaseModel):
    """The file whose sizes are to be rendered."""

    model_config = ConfigDict(frozen=True)

    file_id: int


async def render(job: Job[RenderArgs], context: MediaContext) -> None:
    """Render the sizes of a file that are missing, and note them and the end of the job in one transaction.

    So whoever finds later that a size is missing knows by the job whether somebody still renders it.
    """
    file_id = job.args.file_id
    sha256 = await job.database.fetch_value(_FILE, {"id": file_id})
    if sha256 is None:  # the collector was here
        return
    try:
        async with job.transaction() as connection:
            await context.renderer.make_in(connection, file_id, sha256, tuple(SIZES), JPEG)
            await job.advance(connection, total=0, last=True)
    except Unreachable:  # an outage that passes is no failure
        raise
    except (NotAPicture, Overwhelmed, Missing, OSError) as error:
        FAILED.inc()
        reason = f"{type(error).__name__}: {error}"
        log.warning("renditions failed", sha256=sha256, attempt=job.claimed.failures + 1, reason=reason)
        raise TaskFailed(reason[:LONGEST_REASON], retry=True) from error


async def note_error(connection: Transaction, state: JobState) -> None:
    """Keep the reason why sizes cannot be rendered with the file, once its job has failed for good."""
    if state.status == "failed":
        args = RenderArgs.model_validate_json(state.raw_args)
        await execute(connection, _GIVE_UP, {"id": args.file_id, "error": state.error})


RENDER = Task(
    "render", queue="renditions", args=RenderArgs, run=render, failed="The sizes could not be made.",
    given_up="The sizes were not made in any of many attempts.", max_failures=MAX_FAILURES, on_change=note_error,
    keep_succeeded=timedelta(0),
)  # fmt: skip


async def defer_renditions(connection: Transaction, file_ids: Sequence[int]) -> None:
    """Defer jobs that render the sizes of files, at most one for each file that waits."""
    jobs = [
        NewJob(RenderArgs(file_id=file_id), subject=f"file/{file_id}", queueing_lock=f"file/{file_id}")
        for file_id in sorted(set(file_ids))
    ]
    if jobs:
        await defer_many(connection, RENDER, jobs, at_most=1)


async def render_again(database: Database, file_ids: Sequence[int]) -> None:
    """Defer jobs that render the sizes of files again, also of those that were given up."""
    for start in range(0, len(file_ids), AT_ONCE):
        ids = list(file_ids[start : start + AT_ONCE])
        async with database.transaction() as connection:
            await execute(connection, _RENDER_AGAIN, {"ids": ids})
            await defer_renditions(connection, ids)


async def drop_failed(database: Database) -> None:
    """Delete the failed jobs of files that have no error any longer, or are gone."""
    await database.execute(_DROP_FAILED)
