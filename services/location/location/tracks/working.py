"""Tracks are worked on in threads, two at a time, and no longer than somebody waits for the answer."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from starlette.requests import Request

T = TypeVar("T")

AT_ONCE = 2
"""More threads would only take turns with each other and with the event loop."""

_ROOM = asyncio.Semaphore(AT_ONCE)


class GivenUp(Exception):
    """The client does not wait for the answer any more."""


async def while_awaited(request: Request, work: Callable[[Event], T]) -> T:
    """Return the result of ``work``. When the client goes, the event of ``work`` is set and :class:`GivenUp` raised."""
    gone = Event()
    working = asyncio.ensure_future(_work(work, gone))
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise GivenUp
        return await working
    finally:
        gone.set()
        working.cancel()
        leaving.cancel()


async def _work(work: Callable[[Event], T], gone: Event) -> T:
    async with _ROOM:
        return await asyncio.to_thread(work, gone)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
