"""Runs coroutines side by side, and stops them for certain."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

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
