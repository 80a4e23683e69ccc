"""Loops that run beside the requests of an api, or make up a worker."""

import asyncio
from collections.abc import Awaitable, Callable

from ecatalog.telemetry import logger

log = logger(__name__)

Loop = Callable[[], Awaitable[None]]

RESTART_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 0.5


class Supervisor:
    """Runs loops until it is left; one that fails is logged and started again."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, loop: Loop) -> None:
        self._tasks.append(asyncio.create_task(self._keep(name, loop), name=name))

    async def stop(self) -> None:
        """Cancel the loops, again and again: what a loop waits for may swallow a cancellation.

        ``asyncio.wait_for`` of Python 3.11 does, when its result arrives in the same moment.
        """
        while running := [task for task in self._tasks if not task.done()]:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)

    async def _keep(self, name: str, loop: Loop) -> None:
        while True:
            try:
                await loop()
            except Exception as error:
                log.exception("a loop failed and is started again", loop=name, exc_info=error)
            await asyncio.sleep(RESTART_SECONDS)
