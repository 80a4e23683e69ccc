"""The slots of a worker process claim jobs and run them, one at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from prometheus_client import Gauge

from ecatalog.core.concurrency import stop, until_first_ends
from ecatalog.core.outages import is_transient
from ecatalog.db.database import Database
from ecatalog.db.notify import wait_for
from ecatalog.jobs import claims, metrics
from ecatalog.jobs.claims import Claimed
from ecatalog.jobs.job import Job
from ecatalog.jobs.liveness import WORK
from ecatalog.jobs.maintenance import Maintenance
from ecatalog.jobs.runner import PAUSE_SECONDS, Runner
from ecatalog.jobs.task import C, Task
from ecatalog.telemetry.logging import logger

log = logger(__name__)

LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Slot:
    """``count`` places of a worker: each tries its queues in order and runs one job at a time."""

    queues: tuple[str, ...]
    count: int = 1


class JobWorker(Generic[C]):
    """Runs the jobs of ``tasks`` in ``slots``; ``context`` is given to their handlers and cleanups."""

    def __init__(self, database: Database, tasks: Sequence[Task[Any, C]], context: C, slots: Sequence[Slot]) -> None:
        self._database = database
        self._tasks = {task.name: task for task in tasks}
        self._context = context
        self._slots = slots
        self._runner = Runner(database)
        self._maintenance = Maintenance(database, tasks, context)

    @property
    def readings(self) -> tuple[str, list[Gauge]]:
        """Return a statement about the queues of all slots, and the gauges that show what it reads."""
        return metrics.readings(list(dict.fromkeys(name for slot in self._slots for name in slot.queues)))

    async def run(self) -> None:
        """Work until cancelled: then jobs are released, and only after that the proof that this process lives."""
        keeping = asyncio.create_task(self._runner.keep())
        slots = [self._slot(slot.queues) for slot in self._slots for _ in range(slot.count)]
        try:
            await until_first_ends(_until_done(keeping), self._maintenance.run(), *slots)
        finally:
            await stop([keeping])

    async def _slot(self, queues: Sequence[str]) -> None:
        while True:
            wake = self._runner.liveness.listener.next(WORK)
            try:
                if not await self._work(queues):
                    await wait_for(wake, LOOK_SECONDS)
            except Exception as error:
                if is_transient(error):
                    log.warning("jobs wait", error=str(error) or type(error).__name__)
                else:
                    log.exception("the end of a job could not be written", exc_info=error)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _work(self, queues: Sequence[str]) -> bool:
        """Run the first job that there is; False when there is none."""
        for name in queues:
            worker_id = await self._runner.worker_id()
            claimed = await claims.claim(self._database, name, self._tasks.values(), worker_id)
            if claimed:
                await self._run(claimed)
                return True
        return False

    async def _run(self, claimed: Claimed) -> None:
        task = self._tasks[claimed.task]
        job = Job(self._database, self._runner.liveness.listener, task, claimed)
        await self._runner.run(job, lambda job: task.run(job, self._context))


async def _until_done(task: "asyncio.Task[None]") -> None:
    """Wait for a task without cancelling it."""
    await asyncio.wait([task])
    task.result()
