"""Points that come one by one are stored together: while one transaction is under way, the next ones gather."""

import asyncio
from collections import deque
from contextlib import suppress

from ecatalog.db.database import Database

from location.points.columns import Columns, Values
from location.points.inserting import store

MOST_AT_ONCE = 100

Waiting = tuple[Values, asyncio.Future[bytes | None]]


class Unstorable(Exception):
    """PostgreSQL has no place for such a point."""


class InsertBatcher:
    """Stores single points. ``run`` is a loop of the api; a point is answered after its commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()

    async def store(self, point: Values) -> bytes | None:
        """The new row as JSON, None for a point that was stored before.

        Raises :class:`Unstorable`, or what the database raises, when nothing was stored.
        """
        answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((point, answer))
        self._arrived.set()
        return await answer

    async def run(self) -> None:
        """Work until cancelled. A second writer would halve what gathers, at a quarter more CPU of the database."""
        while True:
            await self._arrived.wait()
            taken = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
            if not self._waiting:
                self._arrived.clear()
            if taken:
                await self._answer(taken)

    async def _answer(self, taken: list[Waiting]) -> None:
        try:
            outcome = await store(self._database, Columns.of([point for point, _ in taken]), rows=True)
        except BaseException as error:
            for _, answer in taken:
                with suppress(asyncio.InvalidStateError):  # its client has gone
                    answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for place, (_, answer) in enumerate(taken):
            with suppress(asyncio.InvalidStateError):
                if place in outcome.refused:
                    answer.set_exception(Unstorable())
                else:
                    answer.set_result(outcome.rows.get(place))
