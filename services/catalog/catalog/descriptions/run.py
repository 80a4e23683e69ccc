"""Runs over rows: they are claimed, a model is asked for each, and each answer is saved as it comes."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ecatalog.core.concurrency import stop
from ecatalog.core.outages import is_transient
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.entities.entity import Entity
from ecatalog.jobs.job import Job
from ecatalog.jobs.task import JobOver
from ecatalog.telemetry.logging import logger

from catalog.descriptions.answers import Completion
from catalog.descriptions.budget import Budget, Usage
from catalog.descriptions.chat import Chat
from catalog.descriptions.claims import ClaimedRow, Claims, NoClaims
from catalog.descriptions.cleaning import description_of
from catalog.descriptions.failures import (
    DATABASE_AWAY,
    OVER_BUDGET,
    TAKEN_OVER,
    RowFailed,
    RunInterrupted,
    RunStopped,
)
from catalog.descriptions.outcomes import RowResult, Totals, count
from catalog.descriptions.prompts import messages
from catalog.descriptions.saving import Saver

log = logger(__name__)

LOOK_SECONDS = 1.0
SAVED_AT_ONCE = 100
SAVING_TRIES = 30
MOST_FAILURES = 20
"""After this many in a row the server is unreachable or its model useless, and the other rows would take a day."""

UNSAVED = "the description could not be saved; the log says why"
JOB_OVER = "the job of this run was ended by somebody else"


class RowSource(Protocol):
    """Gives a run its rows."""

    async def ids(self, count: int) -> list[int]:
        """Return the ids of at most ``count`` next rows, none at the end."""
        ...

    async def settle(self, connection: Transaction, ids: list[int], /) -> set[int]:
        """Note in the transaction that saves rows that they are done; return the ids of those to count."""
        ...


@dataclass(frozen=True)
class DescribeOptions:
    """Says how rows are described. ``overwrite`` takes those with a description too; ``review`` saves drafts."""

    language: str = "uz"
    overwrite: bool = False
    review: bool = False


class Run:
    """Describes the rows of one source. ``report`` is called with each result once it is saved."""

    def __init__(
        self, database: Database, chat: Chat, entity: Entity, source: RowSource, options: DescribeOptions,
        budget: Budget, report: Callable[[RowResult], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.totals = Totals()
        self.stopped: RunStopped | None = None
        self._chat = chat
        self._entity = entity
        self._source = source
        self._options = options
        self._budget = budget
        self._report = report
        self._job: Job[Any] | None = None
        self._claims: Claims | NoClaims = NoClaims(database, entity, overwrite=options.overwrite)
        self._saver: Saver | None = None
        self._over: JobOver | None = None
        self._turn = asyncio.Lock()
        self._rows: deque[ClaimedRow] = deque()
        self._busy: list[int] = []
        self._answered: asyncio.Queue[RowResult | None] = asyncio.Queue(2 * chat.at_once)
        self._workers: list[asyncio.Task[None]] = []
        self._answering: set[asyncio.Task[Any] | None] = set()
        self._failures = 0

    async def work_on(self, job: Job[Any]) -> None:
        """Run as the handler of a job, which ends as the run does."""
        await self.run(job)
        if self.stopped:
            raise self.stopped.end_of_job()

    async def run(self, job: Job[Any] | None) -> Totals:
        """Describe until no row is left, or there is a reason to stop; without a job nothing is claimed or saved.

        When it is cancelled, it saves the answers that it has, unless it is cancelled once more.
        """
        if job:
            self._job = job
            options = self._options
            self._claims = Claims(job, self._entity, overwrite=options.overwrite)
            self._saver = Saver(job, self._entity, options.language, overwrite=options.overwrite, review=options.review)
        # Twice as many as may ask at once: while one saves or prepares a row, another one asks.
        self._workers = [asyncio.create_task(self._work()) for _ in range(2 * self._chat.at_once)]
        saving = asyncio.create_task(self._save())
        cancelled = False
        try:
            await asyncio.wait(self._workers)
        except asyncio.CancelledError:
            cancelled = True
            self.stop(RunStopped(JOB_OVER))
        await _wait_for_end(asyncio.create_task(self._end(saving)), cancelled=cancelled)
        if self._over:
            raise self._over
        return self.totals

    async def _end(self, saving: "asyncio.Task[None]") -> None:
        """Save the answers that came, and release the other rows for the next run."""
        try:
            await stop(self._asking)
            await asyncio.wait(self._workers)
            await self._answered.put(None)
            await saving
        finally:
            await stop([*self._workers, saving])
        await self._release()

    def stop(self, reason: RunStopped) -> None:
        """Start no further row."""
        self.stopped = self.stopped or reason
        self.totals.unfinished = str(self.stopped)

    def abandon(self) -> None:
        """Do not wait for the answers under way either; those that came are saved."""
        for worker in self._asking:
            worker.cancel()

    @property
    def _asking(self) -> "list[asyncio.Task[None]]":
        """Return the workers that have no answer."""
        return [worker for worker in self._workers if worker not in self._answering]

    async def _work(self) -> None:
        try:
            while row := await self._next():
                if not await self._budget.admit():
                    self.stop(RunStopped(OVER_BUDGET, wanted=True))
                    return
                result = await self._describe(row)
                if result:
                    await self._answered.put(result)
                self._answering.discard(asyncio.current_task())
        except JobOver as over:
            self._over = over
            self.stop(RunStopped(JOB_OVER))
        except Exception as error:
            if is_transient(error):
                log.warning("descriptions wait for the database", error=str(error))
                self.stop(RunInterrupted(DATABASE_AWAY))
            else:
                log.exception("describing failed", exc_info=error)
                self.stop(RunStopped(f"an error of its own: {type(error).__name__}"))

    async def _next(self) -> ClaimedRow | None:
        """Return a claimed row to describe, None at the end."""
        async with self._turn:
            while not self._rows and not self.stopped and await self._take():
                pass
            return self._rows.popleft() if self._rows and not self.stopped else None

    async def _take(self) -> bool:
        """Claim some more rows; return False when there are none. Rows of other jobs are looked at again last."""
        ids = await self._source.ids(4 * self._chat.at_once)
        if not ids:
            if not self._busy:
                return False
            await asyncio.sleep(LOOK_SECONDS)
            ids, self._busy = self._busy, []
        taken = await self._claims.take(ids)
        self._rows.extend(taken.rows)
        self._busy += taken.busy
        for row_id in taken.settled:
            await self._answered.put(RowResult(row_id, "skipped"))
        return True

    async def _describe(self, row: ClaimedRow) -> RowResult | None:
        """Ask the model about a row; return None when the run stops because of its answer, or without one."""
        usage = Usage()
        try:
            if self.stopped:  # while it waited for its share of the budget
                return None
            completion = await self._chat.ask(messages(self._entity, row.facts, self._options.language))
            self._answering.add(asyncio.current_task())
            usage = completion.usage
            return self._counted(await _result(row, completion))
        except RowFailed as failure:
            return self._counted(RowResult(row.id, "failed", row, error=str(failure)))
        except RunStopped as reason:
            self.stop(reason)
            return None
        finally:
            await self._budget.settle(usage)

    def _counted(self, result: RowResult) -> RowResult:
        """Stop when one row after the other fails: useless answers are paid for, too."""
        self._failures = self._failures + 1 if result.status == "failed" else 0
        if self._failures >= MOST_FAILURES:
            self.stop(RunStopped(f"{MOST_FAILURES} rows in a row failed; the last one because {result.error}"))
        return result

    async def _save(self) -> None:
        while True:
            results = [await self._answered.get()]
            while not self._answered.empty() and len(results) < SAVED_AT_ONCE:
                results.append(self._answered.get_nowait())
            known = [result for result in results if result]
            if known and await self._saved(known):
                self._note(known)
            if None in results:
                return

    def _note(self, results: Sequence[RowResult]) -> None:
        for result in results:
            if result.status == "lost":
                self.stop(RunInterrupted(TAKEN_OVER))
            else:
                self.totals.add(result)
                self._report(result)

    async def _saved(self, results: list[RowResult]) -> bool:
        """Store results, and return whether they are. An answer is paid for, so this waits through a short outage."""
        for left in reversed(range(SAVING_TRIES)):
            try:
                await self._write(results)
                return True
            except Exception as error:
                if not is_transient(error):
                    log.exception("descriptions could not be saved", exc_info=error)
                    return await self._saved_singly(results)
                log.warning("descriptions could not be saved yet", error=str(error))
                await asyncio.sleep(LOOK_SECONDS if left else 0)
        self.stop(RunInterrupted(DATABASE_AWAY))
        return False

    async def _write(self, results: list[RowResult]) -> None:
        """Save results and count them in one transaction, also when the job is over: they are paid for."""
        if self._job and self._saver:
            async with self._job.unfenced_transaction() as connection:
                await self._saver.save(connection, results)
                ours = [one for one in results if one.status != "lost"]
                left = await self._source.settle(connection, [one.row_id for one in ours])
                await count(connection, self._job.id, [one for one in ours if one.row_id in left])

    async def _saved_singly(self, results: list[RowResult]) -> bool:
        """Store results one by one: the one that the database refuses must not take the others with it."""
        if len(results) > 1:
            return all([await self._saved([one]) for one in results])
        (result,) = results
        if result.error == UNSAVED:
            self.stop(RunStopped(UNSAVED))
            return False
        result.status, result.text, result.error = "failed", "", UNSAVED
        return await self._saved(results)

    async def _release(self) -> None:
        try:
            await self._claims.release()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("claims are left to whoever goes on", error=str(error))


async def _wait_for_end(ending: "asyncio.Task[None]", *, cancelled: bool) -> None:
    """Wait, even when a first cancellation comes meanwhile; a second one ends this."""
    if not cancelled:
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            cancelled = True
    await ending
    if cancelled:
        raise asyncio.CancelledError


async def _result(row: ClaimedRow, completion: Completion) -> RowResult:
    result = RowResult(row.id, "done", row, model=completion.model, usage=completion.usage, seconds=completion.seconds)
    try:
        if completion.refusal:
            raise RowFailed(completion.refusal)
        result.text = await asyncio.to_thread(description_of, completion.text)
    except RowFailed as failure:
        result.status, result.error = "failed", str(failure)
    return result
