"""Loops that run beside the requests of an api, or make up a worker."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from ecatalog.telemetry import logger

log = logger(__name__)

Loop = Callable[[], Awaitable[None]]

RESTART_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 0.5


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended, again and again: what a task waits for may swallow a cancellation.

    ``asyncio.wait_for`` of Python 3.11 does, when its result arrives in the same moment. Being cancelled meanwhile, as
    by another stop() above this one, leaves no task behind.
    """
    cancelled = False
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        try:
            await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


async def until_first_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Run coroutines side by side; when one ends or fails, or the caller is cancelled, the others are stopped.

    Raises what those raised that ended by themselves. A task group would not pass a second cancellation on.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        finished = [task for task in tasks if task.done()]
        await stop(tasks)
    for task in finished:
        task.result()


class Supervisor:
    """Runs loops until it is left; one that fails is logged and started again."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, loop: Loop) -> None:
        self._tasks.append(asyncio.create_task(self._keep(name, loop), name=name))

    async def stop(self) -> None:
        await stop(self._tasks)

    async def _keep(self, name: str, loop: Loop) -> None:
        while True:
            try:
                await loop()
            except Exception as error:
                log.exception("a loop failed and is started again", loop=name, exc_info=error)
            await asyncio.sleep(RESTART_SECONDS)
