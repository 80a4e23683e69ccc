"""The worker's part: tasks of the API, each held by one worker at a time, with a lease that a dead one loses."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
from ecatalog.core.concurrency import until_first_ends
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.notify import Bell, heard
from ecatalog.telemetry.context import bound
from ecatalog.telemetry.logging import logger

from catalog.descriptions import tasks
from catalog.descriptions.access import key_of
from catalog.descriptions.budget import Budget
from catalog.descriptions.claims import free_abandoned
from catalog.descriptions.clearing import clear
from catalog.descriptions.failures import OVER_BUDGET, DatabaseAway, Stop
from catalog.descriptions.kinds import KINDS
from catalog.descriptions.outcomes import Outcome
from catalog.descriptions.tasks import Taken, TaskRows
from catalog.settings import CatalogSettings

if TYPE_CHECKING:
    from catalog.descriptions.chat import Chat

log = logger(__name__)

LOOK_SECONDS = 5.0
RENEW_SECONDS = 2.0
CLEAN_SECONDS = 60.0
CLEARED_AT_ONCE = 500
UNEXPECTED = "The task failed because of an error of its own; see the log."


class Describer:
    """Works on tasks until it is cancelled. The library behind a model is loaded by the first task that needs it."""

    def __init__(self, database: Database, settings: CatalogSettings, bell: Bell) -> None:
        self._database = database
        self._bell = bell
        self._settings = settings
        self._chat: Chat | None = None

    async def run(self, most: int | None = None) -> None:
        """A loop's work: tasks of at most ``most`` rows, so that small ones need not wait for a large one."""
        try:
            while True:
                ring = self._bell.next(tasks.TOPIC)
                if not await self.work(most):
                    await heard(ring, LOOK_SECONDS)
        except psycopg.OperationalError as error:
            log.warning("descriptions wait for the database", error=str(error))
        except asyncio.CancelledError:
            chat, self._chat = self._chat, None
            if chat:
                await chat.close()
            raise

    async def work(self, most: int | None = None) -> bool:
        """One task; False when there is none."""
        holder = uuid7()
        task = await tasks.take(self._database, holder, most)
        if task is None:
            return False
        try:
            with bound(task.request_id):
                await until_first_ends(self._work_on(task), self._keep(task, holder))  # only while it is ours
        finally:
            with suppress(psycopg.OperationalError):  # then the lease runs out by itself
                await tasks.leave(self._database, task.id, holder)
        return True

    async def _keep(self, task: Taken, holder: UUID) -> None:
        """Until somebody cancels the task, or has taken it over."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(psycopg.OperationalError):  # the lease outlasts a moment
                if not await tasks.renew(self._database, task.id, holder):
                    return

    async def _work_on(self, task: Taken) -> None:
        try:
            await (self._clear(task) if task.action == "clear" else self._enrich(task))
        except psycopg.OperationalError:
            raise
        except DatabaseAway as reason:
            log.warning("a task of descriptions waits", task=task.id, reason=str(reason))
        except Stop as reason:
            await tasks.end(self._database, task.id, str(reason))
        except Exception as error:
            log.exception("a task of descriptions failed", task=task.id, exc_info=error)
            await tasks.end(self._database, task.id, UNEXPECTED)

    async def _clear(self, task: Taken) -> None:
        source = TaskRows(self._database, task.id)
        while ids := await source.ids(CLEARED_AT_ONCE):
            async with self._database.connection() as connection, connection.transaction():
                cleared = await clear(connection, KINDS[task.kind], ids)
                outcomes = [Outcome(row_id, "done" if row_id in cleared else "skipped") for row_id in ids]
                await source.settle(connection, outcomes)

    async def _enrich(self, task: Taken) -> None:
        chat = self._model()
        from catalog.descriptions.run import Run, Wanted

        source = TaskRows(self._database, task.id)
        wanted = Wanted(task.language, task.overwrite, task.review)
        run = Run(self._database, chat, KINDS[task.kind], source, wanted, self._budget(task))
        await run.run()
        if run.stopped:
            raise run.stopped

    def _model(self) -> "Chat":
        """One for all tasks of the process, so that its limits hold for them together."""
        key_of(self._settings)
        if self._chat is None:
            from catalog.descriptions.chat import Chat

            self._chat = Chat(self._settings, self._settings.openai_concurrency)
        return self._chat

    def _budget(self, task: Taken) -> Budget:
        limits = [limit for limit in (task.max_tokens, self._settings.openai_max_tokens) if limit is not None]
        if not limits:
            return Budget()
        left = min(limits) - task.tokens
        if left <= 0:
            raise Stop(OVER_BUDGET)
        return Budget(tokens=left)


async def clean_up(database: Database) -> None:
    """A loop's work: free what dead runs held, and drop old tasks."""
    with suppress(psycopg.OperationalError):  # the database is away; the next round will do
        for described in KINDS.values():
            await free_abandoned(database, described)
        await tasks.forget_old(database)
    await asyncio.sleep(CLEAN_SECONDS)
