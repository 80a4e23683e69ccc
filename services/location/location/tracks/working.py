"""Work on a track: in a thread, not much of it at once, and given up when nobody waits for it any more."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from starlette.requests import Request

T = TypeVar("T")

AT_ONCE = 2
"""More would only take turns, and take the event loop's too."""

_ROOM = asyncio.Semaphore(AT_ONCE)


class GivenUp(Exception):
    """The client has gone."""


async def while_awaited(request: Request, work: Callable[[Event], T]) -> T:
    """What ``work`` gives. When the client goes its event is set, and this raises :class:`GivenUp`."""
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
