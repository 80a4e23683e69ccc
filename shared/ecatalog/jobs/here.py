"""A command runs its job itself, under a liveness of its own."""

import asyncio
from typing import Any

from pydantic import BaseModel

from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.jobs import claims
from ecatalog.jobs.job import Job
from ecatalog.jobs.runner import Handler, Runner
from ecatalog.jobs.task import JobOver, Task, TaskCancelled

INTERRUPTED = "The command was interrupted."


class _CommandRunner(Runner):
    """Nobody goes on with the job of a command: it ends with it."""

    may_retry = False

    async def _let_go(self, job: Job[Any], _: BaseException, __: float) -> None:
        await self._cancel(job, INTERRUPTED)


async def run_here(
    database: Database, task: Task[Any, Any], args: BaseModel, handler: Handler[Any], *, subject: str = ""
) -> None:  # fmt: skip
    """Run a job in this process and raise what its handler raises.

    A cancellation and :class:`TaskCancelled` end it ``cancelled``, with what was done counted. When this process is
    killed, a worker ends the job ``failed``.
    """
    runner = _CommandRunner(database)
    keeping = asyncio.create_task(runner.keep())
    try:
        worker_id = await runner.worker_id()
        claimed = await claims.claim_here(database, task, args, worker_id, subject=subject)
        error = await runner.run(Job(database, runner.liveness.listener, task, claimed), handler)
    finally:
        await stop([keeping])
    if error and not isinstance(error, JobOver | TaskCancelled):
        raise error
