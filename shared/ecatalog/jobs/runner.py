"""The jobs that this process has claimed run under one heartbeat."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from ecatalog.core.concurrency import stop, until_first_ends
from ecatalog.core.outages import exceeds_limit, is_transient
from ecatalog.db.database import Database
from ecatalog.db.notify import wait_for
from ecatalog.jobs import claims, metrics, queue
from ecatalog.jobs.job import Job
from ecatalog.jobs.liveness import CANCEL, WorkerLiveness
from ecatalog.jobs.task import A, JobLost, JobOver, TaskCancelled, TaskFailed
from ecatalog.telemetry.context import bound
from ecatalog.telemetry.logging import logger

log = logger(__name__)

HEARTBEAT_SECONDS = 2.0
PAUSE_SECONDS = 1.0
"""The pause before a job that met an outage is claimed again."""

END_SECONDS = 2.0
"""A process that stops has this many seconds to write down the end of a job."""

Handler = Callable[[Job[A]], Awaitable[None]]


class RunningJob:
    """A job that runs here; ``over`` says why it does not go on, once that is known."""

    def __init__(self, job: Job[Any], handler: "asyncio.Task[None]") -> None:
        self.job = job
        self.handler = handler
        self.over: JobOver | None = None
        self._cancelled_at: float | None = None

    @property
    def error(self) -> BaseException | None:
        """Return the error that the handler raised."""
        return asyncio.CancelledError() if self.handler.cancelled() else self.handler.exception()

    def cancel(self) -> None:
        """Cancel the handler: again only after it had time to save what it has."""
        now = time.monotonic()
        if self._cancelled_at is None or now - self._cancelled_at > self.job.task.grace:
            self._cancelled_at = self._cancelled_at or now
            self.handler.cancel()

    async def stop(self) -> None:
        """Cancel the handler and wait for its end, however often the caller is cancelled meanwhile."""
        self.cancel()
        deadline = time.monotonic() + self.job.task.grace
        while not self.handler.done() and (left := deadline - time.monotonic()) > 0:
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self.handler], timeout=left)
        with suppress(asyncio.CancelledError):
            await stop([self.handler])


class Runner:
    """Runs the jobs of one process, whose claims one heartbeat renews."""

    may_retry = True

    def __init__(self, database: Database) -> None:
        self.liveness = WorkerLiveness(database.dsn)
        self.database = database
        self._running: list[RunningJob] = []
        self._renewed_as = 0

    async def keep(self) -> None:
        """Stay alive and renew the claims until cancelled."""
        await until_first_ends(self.liveness.run(), self._heartbeat())

    async def _heartbeat(self) -> None:
        while True:
            wake = self.liveness.listener.next(CANCEL)
            try:
                await self.renew()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("the heartbeat waits", error=str(error) or type(error).__name__)
            await wait_for(wake, HEARTBEAT_SECONDS)

    async def renew(self) -> None:
        """Renew the claims under the present number, and cancel the handlers of jobs that are over."""
        worker_id = await self.liveness.wait()
        running = list(self._running)
        claimed = [(one.job.claimed, one.job.task) for one in running]
        over = await claims.heartbeat(self.database, claimed, worker_id) if running else {}
        self._renewed_as = worker_id
        for one in running:
            one.over = one.over or over.get((one.job.id, one.job.fence))
            if one.over:
                one.cancel()

    async def worker_id(self) -> int:
        """Return the present number of this process, once its claims are renewed under it."""
        while self._renewed_as != await self.liveness.wait():
            await self.renew()
        return self._renewed_as

    async def run(self, job: Job[A], handler: Handler[A]) -> BaseException | None:
        """Run a claimed job to its end and return what its handler raised; when cancelled, release it."""
        with bound(job.claimed.request_id, job.claimed.traceparent):
            running = RunningJob(job, asyncio.create_task(_call(handler, job)))
            self._running.append(running)
            try:
                await asyncio.wait([running.handler])
                await self._settle(running)
            except asyncio.CancelledError:
                await running.stop()
                with suppress(Exception):  # then the claim ends with this process
                    async with asyncio.timeout(END_SECONDS):
                        await self._write_end(running, pause=0.0)
                raise
            finally:
                self._running.remove(running)
        return running.error

    async def _settle(self, running: RunningJob) -> None:
        """Write down how a handler ended, however long the database cannot be reached."""
        while True:
            try:
                await self._write_end(running, pause=PAUSE_SECONDS)
                return
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("the end of a job waits", job=running.job.id, error=str(error) or type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _write_end(self, running: RunningJob, pause: float) -> None:
        error = running.error
        over = running.over or (error if isinstance(error, JobOver) else None)
        if over:
            await self._leave(running.job, over)
        elif error is None:
            await self._succeed(running.job)
        elif isinstance(error, TaskCancelled):
            await self._cancel(running.job, str(error))
        elif isinstance(error, asyncio.CancelledError) or is_transient(error):
            await self._let_go(running.job, error, pause)
        else:
            await self._fail(running.job, error)

    async def _leave(self, job: Job[Any], over: JobOver) -> None:
        if isinstance(over, JobLost):
            metrics.LOST.labels(job.task.name).inc()
            log.info("a job was cancelled or taken over", task=job.task.name, task_id=str(job.task_id))
        await claims.release(self.database, job.claimed)

    async def _succeed(self, job: Job[Any]) -> None:
        if await claims.succeed(self.database, job.claimed):
            return
        over = await claims.look(self.database, job.claimed)
        if over:
            await self._leave(job, over)
        else:
            await self._fail(job, AssertionError("the handler returned before each row was accounted for"))

    async def _cancel(self, job: Job[Any], message: str) -> None:
        async with self.database.transaction() as connection:
            await queue.cancel(connection, job.id, message)
        await claims.release(self.database, job.claimed)

    async def _let_go(self, job: Job[Any], error: BaseException, pause: float) -> None:
        """Let another worker go on with the job. Nobody is to blame, unless the same might happen for ever."""
        if pause:
            log.warning("a job waits", task=job.task.name, task_id=str(job.task_id), error=repr(error))
        await claims.release(self.database, job.claimed, pause, interrupted=exceeds_limit(error))

    async def _fail(self, job: Job[Any], error: BaseException) -> None:
        task, may_retry = job.task, self.may_retry
        message: str | None = task.failed
        result = None
        if isinstance(error, TaskFailed):
            message, result = error.message, error.result
            may_retry = may_retry and error.retry
            log.warning("a job failed", task=task.name, task_id=str(job.task_id), reason=message)
        else:
            log.exception("a job failed", task=task.name, task_id=str(job.task_id), exc_info=error)
        most = task.max_failures if may_retry else 0
        pause = task.backoff(job.claimed.failures + 1)
        state = await claims.fail(self.database, job.claimed, message, most=most, pause=pause, result=result)
        if state is None:
            await claims.release(self.database, job.claimed)
        elif not state.is_finished:
            metrics.RETRIED.labels(task.name).inc()


async def _call(handler: Handler[A], job: Job[A]) -> None:
    await handler(job)
