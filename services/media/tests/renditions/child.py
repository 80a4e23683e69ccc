"""A worker of the tests in a process of its own, to be killed and frozen; its settings are in the environment."""

import asyncio

from ecatalog.jobs import job, worker
from media.renditions.job import RENDER
from media.settings import MediaSettings
from media.worker import create

LEASE_SECONDS = 4.0
IDLE_SECONDS = 2


async def main() -> None:
    object.__setattr__(RENDER, "lease", LEASE_SECONDS)
    object.__setattr__(RENDER, "keep_succeeded", None)
    job.IDLE_SECONDS = IDLE_SECONDS
    worker.LOOK_SECONDS = 0.2
    async with create(MediaSettings()).working():
        print("ready", flush=True)  # noqa: T201 - the parent waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
