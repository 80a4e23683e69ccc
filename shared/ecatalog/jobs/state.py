"""The state of a job as a statement returns it, and the consequences of a change."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncCursor
from pydantic import BaseModel

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute, join
from ecatalog.jobs import metrics
from ecatalog.jobs.liveness import CANCEL, CHANNEL, WORK
from ecatalog.jobs.task import TASKS

FINISHED = frozenset({"succeeded", "failed", "cancelled"})

_NOTIFY = "select pg_notify(%(channel)s, %(topic)s)"


class JobState(NamedTuple):
    """The state of a job. ``raw_args`` is the JSON of its arguments; ``total`` None means unknown."""

    id: int
    task_id: UUID
    user_id: int | None
    task: str
    raw_args: str
    subject: str
    locks: list[str]
    status: str
    phase: str
    total: int | None
    processed: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    errors: int
    counters: dict[str, int]
    message: str | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def args(self) -> BaseModel:
        args: BaseModel = TASKS[self.task].args.model_validate_json(self.raw_args)
        return args

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def wire_status(self) -> str:
        """Return the status as clients know it."""
        if self.is_finished:
            return "completed" if self.status == "succeeded" else "error"
        return TASKS[self.task].phases.get(self.phase, self.phase)


_COLUMNS = {name: compose("j.{name}", name=Ident(name)) for name in JobState._fields}
STATE = join(", ", (_COLUMNS | {"raw_args": compose("j.args::text")}).values())
"""The columns of a :class:`JobState`, of the row ``j``."""

CHANGED = compose("{state}, old.status, old.phase", state=STATE)
"""The columns that a statement returns for :func:`changes`."""


async def changes(connection: Transaction, cursor: AsyncCursor[Any]) -> list[JobState]:
    """Return the jobs that a statement changed; what follows from a change is done in its transaction, or after it."""
    found = []
    for *row, old_status, old_phase in await cursor.fetchall():
        state = JobState(*row)
        found.append(state)
        has_ended = state.is_finished and old_status not in FINISHED
        if has_ended or old_status is None or old_phase != state.phase:
            await _follow(connection, state, has_ended=has_ended)
    return found


async def _follow(connection: Transaction, state: JobState, *, has_ended: bool) -> None:
    if has_ended:
        connection.after_commit(partial(metrics.count_end, state.task, state.status, _seconds(state)))
        if state.locks:
            await notify(connection, WORK)
        if state.status != "succeeded":
            await notify(connection, CANCEL)
    task = TASKS.get(state.task)
    if task and task.on_change:
        await task.on_change(connection, state)


def _seconds(state: JobState) -> float:
    if state.finished_at is None:
        return 0.0
    return (state.finished_at - (state.started_at or state.created_at)).total_seconds()


async def notify(connection: Transaction, *topics: str) -> None:
    """Wake those who wait for a topic, in every worker, once this transaction is committed."""
    for topic in topics:
        await execute(connection, _NOTIFY, {"channel": CHANNEL, "topic": topic})


def first(states: Sequence[JobState]) -> JobState | None:
    return states[0] if states else None
