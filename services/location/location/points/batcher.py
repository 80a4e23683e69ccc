"""Single points are stored together: while one transaction runs, the next points gather."""

import asyncio
from collections import deque
from contextlib import suppress

from ecatalog.db.database import Database

from location.points.columns import Columns, Values
from location.points.inserting import store

MOST_POINTS = 100

Waiting = tuple[Values, asyncio.Future[bytes | None]]


class Unstorable(Exception):
    """PostgreSQL refuses such a point."""


class InsertBatcher:
    """Stores single points. ``run`` is a loop of the api; a point is answered after its commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()

    async def store(self, point: Values) -> bytes | None:
        """Store a point; returns the new row as JSON, or None for a point that was stored before.

        Raises :class:`Unstorable`, or what the database raises, when nothing was stored.
        """
        answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((point, answer))
        self._arrived.set()
        return await answer

    async def run(self) -> None:
        """Work until cancelled. A second writer would halve the batches, at a quarter more CPU of the database."""
        while True:
            await self._arrived.wait()
            batch = [self._waiting.popleft() for _ in range(min(MOST_POINTS, len(self._waiting)))]
            if not self._waiting:
                self._arrived.clear()
            if batch:
                await self._answer(batch)

    async def _answer(self, batch: list[Waiting]) -> None:
        try:
            outcome = await store(self._database, Columns.of([point for point, _ in batch]), rows=True)
        except BaseException as error:
            for _, answer in batch:
                with suppress(asyncio.InvalidStateError):  # its client is gone
                    answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for index, (_, answer) in enumerate(batch):
            with suppress(asyncio.InvalidStateError):
                if index in outcome.refused:
                    answer.set_exception(Unstorable())
                else:
                    answer.set_result(outcome.rows.get(index))
