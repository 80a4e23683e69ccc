"""The worker of a service, with short times, in a process of its own: ``SERVICE``.

It keeps jobs that succeeded, so that tests can look at them.
"""

import asyncio
import importlib
import sys

from ecatalog.jobs import job, worker
from ecatalog.jobs.task import TASKS
from ecatalog.testing.processes import READY

LEASE_SECONDS = 4.0
IDLE_SECONDS = 2


async def main(service: str) -> None:
    settings = getattr(importlib.import_module(f"{service}.settings"), f"{service.title()}Settings")()
    created = importlib.import_module(f"{service}.worker").create(settings)
    for task in TASKS.values():
        object.__setattr__(task, "lease", LEASE_SECONDS)
        object.__setattr__(task, "keep_succeeded", None)
    job.IDLE_SECONDS = IDLE_SECONDS
    worker.LOOK_SECONDS = 0.2
    async with created.working():
        print(READY, flush=True)  # noqa: T201 - the parent waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
