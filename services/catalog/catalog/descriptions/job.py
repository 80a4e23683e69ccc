"""Declares the jobs that describe rows, and those that take descriptions back."""

from datetime import timedelta

from ecatalog.db.pool import Transaction
from ecatalog.jobs.job import Job
from ecatalog.jobs.state import JobState
from ecatalog.jobs.task import PHASES, Task
from pydantic import BaseModel, ConfigDict

from catalog.descriptions import todo
from catalog.descriptions.budget import Budget
from catalog.descriptions.claims import free_all
from catalog.descriptions.clearing import clear
from catalog.descriptions.failures import OVER_BUDGET, RunStopped
from catalog.descriptions.todo import TodoRows
from catalog.entities.registry import ENTITIES
from catalog.settings import CatalogSettings
from catalog.worker_context import WorkerContext

CLEARED_AT_ONCE = 500
KEPT = timedelta(days=7)
UNEXPECTED = "The task failed because of an error of its own; see the log."

SAVING_SECONDS = 8.0
"""A run that is to end has this long to save the answers that it has: they are paid for."""


class DescribeArgs(BaseModel):
    """Holds the arguments of a job that describes rows. ``max_tokens`` None means no limit."""

    model_config = ConfigDict(frozen=True)

    kind: str
    language: str = "uz"
    overwrite: bool = False
    review: bool = False
    max_tokens: int | None = None


class ClearArgs(BaseModel):
    """Names the kind of the rows whose descriptions are taken back."""

    model_config = ConfigDict(frozen=True)

    kind: str


async def _describe(job: Job[DescribeArgs], context: WorkerContext) -> None:
    async with job.transaction() as connection:
        await job.advance(connection, phase="apply")
    try:
        chat, budget = context.chat(), _budget(job, context.settings)
    except RunStopped as reason:
        raise reason.end_of_job() from None
    from catalog.descriptions.run import DescribeOptions, Run  # the model's library is slow to import

    args = job.args
    options = DescribeOptions(args.language, args.overwrite, args.review)
    run = Run(job.database, chat, ENTITIES[args.kind], TodoRows(job.database, job.id), options, budget)
    await run.work_on(job)


def _budget(job: Job[DescribeArgs], settings: CatalogSettings) -> Budget:
    limits = [limit for limit in (job.args.max_tokens, settings.openai_max_tokens) if limit is not None]
    if not limits:
        return Budget()
    left = min(limits) - sum(job.claimed.counters.values())
    if left <= 0:
        raise RunStopped(OVER_BUDGET, wanted=True)
    return Budget(tokens=left)


async def _clear(job: Job[ClearArgs], _: WorkerContext) -> None:
    rows = TodoRows(job.database, job.id)
    async with job.transaction() as connection:
        await job.advance(connection, phase="apply")
    while ids := await rows.ids(CLEARED_AT_ONCE):
        async with job.transaction() as connection:
            cleared = await clear(connection, ENTITIES[job.args.kind], ids)
            left = await rows.settle(connection, ids)
            await job.advance(connection, updated=len(cleared & left), skipped=len(left - cleared), last=True)


async def _clean_up(connection: Transaction, _: WorkerContext, state: JobState) -> None:
    """Drop what is left of the list, and free the rows of a holder that is gone."""
    await todo.remove(connection, state.id)
    await free_all(connection, state.id)


DESCRIBE = Task(
    "describe", queue="describe", args=DescribeArgs, run=_describe, failed=UNEXPECTED, grace=SAVING_SECONDS,
    phases=PHASES, cleanup=_clean_up, keep=KEPT,
)  # fmt: skip
CLEAR = Task(
    "clear", queue="describe", args=ClearArgs, run=_clear, failed=UNEXPECTED, phases=PHASES, cleanup=_clean_up,
    keep=KEPT,
)  # fmt: skip

MANY, FEW = DESCRIBE.queue, "describe.small"
FEW_ROWS = 50
"""Jobs of at most this many rows wait in a queue of their own, so that none waits behind a large one."""
