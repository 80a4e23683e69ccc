"""One run: rows are claimed, a model is asked for each, and each answer is saved as it comes."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import psycopg
from ecatalog.core.concurrency import stop
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger

from catalog.descriptions.answers import Answer
from catalog.descriptions.budget import Budget, Usage
from catalog.descriptions.chat import Chat
from catalog.descriptions.claims import RENEW_SECONDS, Claims, Row, Unclaimed
from catalog.descriptions.cleaning import description_of
from catalog.descriptions.failures import OVER_BUDGET, DatabaseAway, Failed, Stop
from catalog.descriptions.kinds import Described
from catalog.descriptions.outcomes import Outcome, Totals
from catalog.descriptions.prompts import messages
from catalog.descriptions.saving import Saver
from catalog.rows import Connection

log = logger(__name__)

LOOK_SECONDS = 1.0
SAVED_AT_ONCE = 100
SAVING_TRIES = 30
MOST_FAILURES = 20
"""In a row: then the server is away or its model of no use, and asking for the other rows would take a day."""

UNSAVED = "the description could not be saved; the log says why"


class Source(Protocol):
    """Where a run has its rows from."""

    async def ids(self, count: int) -> list[int]:
        """The next rows, up to so many; none at the end."""
        ...

    async def settle(self, connection: Connection, outcomes: Sequence[Outcome]) -> None:
        """Take note of outcomes, in the transaction that saves them."""
        ...


@dataclass(frozen=True)
class Wanted:
    """How rows are described. ``overwrite`` takes those with a description too; ``dry_run`` saves nothing."""

    language: str = "uz"
    overwrite: bool = False
    review: bool = False
    dry_run: bool = False


class Run:
    """Describes the rows of one source. ``report`` is told of each outcome once it is saved."""

    def __init__(
        self, database: Database, chat: Chat, described: Described, source: Source, wanted: Wanted, budget: Budget,
        report: Callable[[Outcome], None] = lambda _: None,
    ) -> None:  # fmt: skip
        holder = uuid7()
        self.totals = Totals()
        self._database = database
        self._chat = chat
        self._described = described
        self._source = source
        self._wanted = wanted
        self._budget = budget
        self._report = report
        kind = Unclaimed if wanted.dry_run else Claims
        self._claims = kind(database, described, holder, overwrite=wanted.overwrite)
        self._saver = Saver(described, holder, wanted.language, overwrite=wanted.overwrite, review=wanted.review)
        self._turn = asyncio.Lock()
        self._rows: deque[Row] = deque()
        self._busy: list[int] = []
        self._answered: asyncio.Queue[Outcome | None] = asyncio.Queue(2 * chat.at_once)
        self._workers: list[asyncio.Task[None]] = []
        self._failures = 0
        self.stopped: Stop | None = None

    async def run(self) -> Totals:
        """Until no row is left, or there is a reason to stop; what is not done is free for the next run then."""
        # Twice as many as may ask at once: while one saves or prepares a row, another one asks.
        self._workers = [asyncio.create_task(self._work()) for _ in range(2 * self._chat.at_once)]
        renewing = asyncio.create_task(self._renew())
        saving = asyncio.create_task(self._save())
        try:
            await asyncio.wait(self._workers)
        finally:
            await stop(self._workers)
            await self._answered.put(None)
            await saving
            await stop([renewing])
            await self._release()
        return self.totals

    def stop(self, reason: Stop) -> None:
        """Begin no further row."""
        self.stopped = self.stopped or reason
        self.totals.unfinished = str(self.stopped)

    def abandon(self) -> None:
        """Do not wait for the answers under way either."""
        for worker in self._workers:
            worker.cancel()

    async def _work(self) -> None:
        try:
            while row := await self._next():
                if not await self._budget.admit():
                    self.stop(Stop(OVER_BUDGET))
                    return
                outcome = await self._describe(row)
                if outcome:
                    await self._answered.put(outcome)
        except psycopg.OperationalError as error:
            log.warning("descriptions wait for the database", error=str(error))
            self.stop(DatabaseAway())
        except Exception as error:
            log.exception("describing failed", exc_info=error)
            self.stop(Stop(f"an error of its own: {type(error).__name__}"))

    async def _next(self) -> Row | None:
        """A row that is ours to describe; None at the end."""
        async with self._turn:
            while not self._rows and not self.stopped and await self._take():
                pass
            return self._rows.popleft() if self._rows and not self.stopped else None

    async def _take(self) -> bool:
        """Claim some more rows; False when there are none. Those that others describe just now are looked at last."""
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
            await self._answered.put(Outcome(row_id, "skipped"))
        return True

    async def _describe(self, row: Row) -> Outcome | None:
        """None when the run stops because of what came back, or did not."""
        usage = Usage()
        try:
            if self.stopped:  # while it waited for its share of the budget
                return None
            answer = await self._chat.ask(messages(self._described, row.facts, self._wanted.language))
            usage = answer.usage
            return self._counted(await _outcome(row, answer))
        except Failed as failure:
            return self._counted(Outcome(row.id, "failed", row, error=str(failure)))
        except Stop as reason:
            self.stop(reason)
            return None
        finally:
            await self._budget.settle(usage)

    def _counted(self, outcome: Outcome) -> Outcome:
        """Stop where one row after the other fails: answers that are of no use are paid for, too."""
        self._failures = self._failures + 1 if outcome.status == "failed" else 0
        if self._failures >= MOST_FAILURES:
            self.stop(Stop(f"{MOST_FAILURES} rows in a row failed; the last one because {outcome.error}"))
        return outcome

    async def _save(self) -> None:
        while True:
            outcomes = [await self._answered.get()]
            while not self._answered.empty() and len(outcomes) < SAVED_AT_ONCE:
                outcomes.append(self._answered.get_nowait())
            known = [outcome for outcome in outcomes if outcome]
            if known and await self._saved(known):
                for outcome in known:
                    self.totals.add(outcome)
                    self._report(outcome)
            if None in outcomes:
                return

    async def _saved(self, outcomes: list[Outcome]) -> bool:
        """Whether they are stored. An answer is paid for, so a database that is away for a moment is waited for."""
        if self._wanted.dry_run:
            return True
        for left in reversed(range(SAVING_TRIES)):
            try:
                async with self._database.connection() as connection, connection.transaction():
                    await self._saver.save(connection, outcomes)
                    await self._source.settle(connection, outcomes)
                return True
            except psycopg.OperationalError as error:
                log.warning("descriptions could not be saved yet", error=str(error))
                await asyncio.sleep(LOOK_SECONDS if left else 0)
            except Exception as error:
                log.exception("descriptions could not be saved", exc_info=error)
                return await self._saved_singly(outcomes)
        self.stop(DatabaseAway())
        return False

    async def _saved_singly(self, outcomes: list[Outcome]) -> bool:
        """The one that the database refuses must not take the others with it."""
        if len(outcomes) > 1:
            return all([await self._saved([one]) for one in outcomes])
        (outcome,) = outcomes
        if outcome.error == UNSAVED:
            self.stop(Stop(UNSAVED))
            return False
        outcome.status, outcome.text, outcome.error = "failed", "", UNSAVED
        return await self._saved(outcomes)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._claims.renew()
            except psycopg.OperationalError as error:
                log.warning("claims could not be renewed", error=str(error))

    async def _release(self) -> None:
        try:
            await self._claims.release()
        except psycopg.OperationalError as error:
            log.warning("claims are left to their end", error=str(error))


async def _outcome(row: Row, answer: Answer) -> Outcome:
    outcome = Outcome(row.id, "done", row, model=answer.model, usage=answer.usage, seconds=answer.seconds)
    try:
        if answer.refusal:
            raise Failed(answer.refusal)
        outcome.text = await asyncio.to_thread(description_of, answer.text)
    except Failed as failure:
        outcome.status, outcome.error = "failed", str(failure)
    return outcome
