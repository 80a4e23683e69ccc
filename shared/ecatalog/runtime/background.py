"""Runs loops beside the requests of an api, or as a worker."""

import asyncio
from collections.abc import Awaitable, Callable

from ecatalog.core.concurrency import stop
from ecatalog.core.outages import is_transient
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

Loop = Callable[[], Awaitable[None]]

RESTART_SECONDS = 1.0


class BackgroundTasks:
    """Runs loops until its context ends; one that fails is logged and started again."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, loop: Loop) -> None:
        self._tasks.append(asyncio.create_task(self._keep(name, loop), name=name))

    async def stop(self) -> None:
        await stop(self._tasks)

    async def _keep(self, name: str, loop: Loop) -> None:
        wait = Wait(log)
        while True:
            try:
                await loop()
            except Exception as error:
                if is_transient(error):
                    wait.tell("a loop waits", loop=name, error=str(error) or type(error).__name__)
                else:
                    log.exception("a loop failed and is started again", loop=name, exc_info=error)
            else:
                wait.over()
            await asyncio.sleep(RESTART_SECONDS)
