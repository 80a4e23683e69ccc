"""A worker of the tests in a process of its own, to be killed and frozen: ``DSN [IDLE_SECONDS]``."""

import asyncio
import sys

from ecatalog.db.database import Database
from ecatalog.jobs import job, worker
from ecatalog.jobs.worker import JobWorker, Slot

from .toys import CHUNKS, Toys


async def main(dsn: str, idle_seconds: str = "20") -> None:
    job.IDLE_SECONDS = int(idle_seconds)
    worker.LOOK_SECONDS = 0.2
    print("ready", flush=True)  # noqa: T201 - the parent waits for it
    await JobWorker(Database(dsn), [CHUNKS], Toys(), [Slot(("chunks",), 3)]).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
