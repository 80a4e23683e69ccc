"""A job in the hands of its handler."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, Generic
from uuid import UUID

from typing_extensions import Unpack

from ecatalog.db.database import Database
from ecatalog.db.notify import Listener
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute, limit_idle
from ecatalog.jobs import progress
from ecatalog.jobs.claims import Claimed, why_over
from ecatalog.jobs.liveness import WORK, progress_of
from ecatalog.jobs.progress import Progress
from ecatalog.jobs.state import JobState, notify
from ecatalog.jobs.task import A, Task

IDLE_SECONDS = 20
"""PostgreSQL ends a transaction after this long without a statement: a frozen worker then frees its successor."""

_HOLD = "select from job where id = %(id)s and fence = %(fence)s and status = 'doing' for no key update"
_RELEASE_LOCK = """
    update job set locks = array_remove(locks, %(name)s)
     where id = %(id)s and fence = %(fence)s and status = 'doing'
"""


class NotFenced(Exception):
    """A transaction of a handler was about to commit without :meth:`Job.advance` or :meth:`Job.hold`."""


class Job(Generic[A]):
    """A claimed job. Whatever its handler writes is written under the fence of the claim."""

    def __init__(self, database: Database, listener: Listener, task: Task[A, Any], claimed: Claimed) -> None:
        self.database = database
        self.task = task
        self.claimed = claimed
        self.phase = claimed.phase
        self._listener = listener
        self._fenced: set[Transaction] = set()

    @property
    def id(self) -> int:
        return self.claimed.id

    @property
    def task_id(self) -> UUID:
        return self.claimed.task_id

    @property
    def fence(self) -> int:
        return self.claimed.fence

    @cached_property
    def args(self) -> A:
        """Return the validated arguments."""
        return self.task.args.model_validate_json(self.claimed.raw_args)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction that commits only while the job is ours: end it with :meth:`advance` or :meth:`hold`."""
        async with self.unfenced_transaction() as connection:
            try:
                yield connection
                if connection not in self._fenced:
                    raise NotFenced(f"a transaction of the task {self.task.name} ends without advance() or hold()")
            finally:
                self._fenced.discard(connection)

    @asynccontextmanager
    async def unfenced_transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction for results that count although the job is over, as by :func:`progress.add_result`."""
        async with self.database.transaction() as connection:
            await limit_idle(connection, IDLE_SECONDS)
            yield connection

    async def advance(self, connection: Transaction, **numbers: Unpack[Progress]) -> JobState:
        """Add to the progress; raises :class:`JobOver` when the job is not ours any more.

        It locks the job's row: make it the last statement of the transaction.
        """
        state = await progress.advance(connection, self.id, self.fence, numbers)
        if state is None:
            raise await why_over(connection, self.claimed)
        self._fenced.add(connection)
        connection.after_commit(lambda: self._moved_to(state.phase))
        return state

    async def hold(self, connection: Transaction) -> None:
        """Keep the job to this transaction until it ends; raises :class:`JobOver` when it is not ours any more."""
        if await (await execute(connection, _HOLD, self.claimed.key)).fetchone() is None:
            raise await why_over(connection, self.claimed)
        self._fenced.add(connection)

    async def release_lock(self, connection: Transaction, name: str) -> None:
        """Let the next job that shares this lock run once the transaction is committed."""
        released = await execute(connection, _RELEASE_LOCK, self.claimed.key | {"name": name})
        if not released.rowcount:
            raise await why_over(connection, self.claimed)
        await notify(connection, WORK)

    def next_result(self) -> asyncio.Event:
        """Return what the next result from outside sets; take it before looking for results."""
        return self._listener.next(progress_of(self.id))

    def _moved_to(self, phase: str) -> None:
        self.phase = phase
