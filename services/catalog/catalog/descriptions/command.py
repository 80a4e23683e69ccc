"""Does the work of ``generate_descriptions``: one kind of rows after the other, until a signal or a limit ends it."""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.jobs.here import run_here
from ecatalog.jobs.task import TaskFailed

from catalog.descriptions.budget import Budget, Price, published_price
from catalog.descriptions.chat import Chat
from catalog.descriptions.console import Screen
from catalog.descriptions.failures import RunInterrupted, RunStopped
from catalog.descriptions.job import DESCRIBE, DescribeArgs
from catalog.descriptions.run import DescribeOptions, Run
from catalog.descriptions.undescribed import Undescribed, project_named
from catalog.settings import CatalogSettings

GRACE_SECONDS = 5.0
"""After Ctrl-C the running requests get this long to be answered: they are paid for."""

DONE, NOT_ALL, SETUP = 0, 1, 2
INTERRUPTED = "interrupted; the next run goes on where this one stopped"


@dataclass(frozen=True)
class CommandOptions:
    """Holds the options of the command. ``project`` is a code, ``max_cost`` is in USD; ``dry_run`` saves nothing."""

    kinds: Sequence[Entity]
    describe: DescribeOptions
    concurrency: int
    dry_run: bool = False
    limit: int | None = None
    project: str | None = None
    max_tokens: int | None = None
    max_cost: float | None = None


class Command:
    """Runs the command once. Raises :class:`RunStopped` when the settings do not allow any of its work."""

    def __init__(self, settings: CatalogSettings, options: CommandOptions) -> None:
        self._options = options
        self._budget = _budget(settings, options)
        self._chat = Chat(settings, options.concurrency)
        self._database = Database(settings.dsn)
        self._current: Run | None = None
        self._working: asyncio.Task[None] | None = None
        self._stopped: RunStopped | None = None

    async def run(self) -> int:
        """Run, and return the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)
        try:
            return await self._run()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
            await self._chat.close()
            await self._database.close()

    async def _run(self) -> int:
        options, limit = self._options, self._options.limit
        project = await self._project()
        counts = [await self._source(kind, project, limit).count() for kind in options.kinds]
        total = sum(counts) if limit is None else min(sum(counts), limit)
        with Screen(total, self._budget, dry_run=options.dry_run) as screen:
            for kind in options.kinds:
                totals = screen.totals
                left = None if limit is None else limit - totals.done - totals.failed
                if not self._stopped and left != 0:
                    await self._describe(kind, self._source(kind, project, left), screen)
        drafted = options.describe.review
        screen.summary("would describe" if options.dry_run else "drafted" if drafted else "described")
        if self._stopped:
            screen.say(f"stopped: {self._stopped}")
            return SETUP if self._stopped.setup else NOT_ALL
        return NOT_ALL if screen.totals.failed else DONE

    async def _describe(self, kind: Entity, source: Undescribed, screen: Screen) -> None:
        describe, report = self._options.describe, partial(screen.show, kind.name)
        run = Run(self._database, self._chat, kind, source, describe, self._budget, report)
        self._current = run
        await self._work(_dry(run) if self._options.dry_run else self._as_job(run, kind))
        self._stopped = self._stopped or run.stopped

    async def _work(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for work that a signal may cancel."""
        self._working = asyncio.create_task(work)
        try:
            await asyncio.wait([self._working])
        finally:
            await stop([self._working])
        if not self._working.cancelled():
            self._working.result()

    async def _as_job(self, run: Run, kind: Entity) -> None:
        describe = self._options.describe
        args = DescribeArgs(
            kind=kind.name, language=describe.language, overwrite=describe.overwrite, review=describe.review,
            max_tokens=self._options.max_tokens,
        )  # fmt: skip
        with suppress(TaskFailed, RunInterrupted):  # the run itself says why it stopped
            await run_here(self._database, DESCRIBE, args, run.work_on, subject=kind.name)

    async def _project(self) -> int | None:
        code = self._options.project
        if code is None:
            return None
        project = await project_named(self._database, code)
        if project is None:
            raise RunStopped(f"there is no project with the code {code!r}", setup=True)
        return project

    def _source(self, kind: Entity, project: int | None, limit: int | None) -> Undescribed:
        return Undescribed(self._database, kind, project, limit, overwrite=self._options.describe.overwrite)

    def _interrupt(self) -> None:
        """End with the answers under way; end without them when called again, or when they take too long."""
        grace = 0.0 if self._stopped else GRACE_SECONDS
        self._stopped = RunStopped(INTERRUPTED, wanted=True)
        if self._current and self._working:
            self._current.stop(self._stopped)
            loop = asyncio.get_running_loop()
            loop.call_later(grace, self._current.abandon)
            loop.call_later(grace + GRACE_SECONDS, self._working.cancel)  # where they cannot be saved


async def _dry(run: Run) -> None:
    await run.run(None)


def _budget(settings: CatalogSettings, options: CommandOptions) -> Budget:
    price = None if settings.openai_base_url else published_price(settings.openai_model)
    if settings.openai_input_price is not None and settings.openai_output_price is not None:
        price = Price(settings.openai_input_price, settings.openai_output_price)
    if options.max_cost is not None and price is None:
        raise RunStopped(
            f"the price of {settings.openai_model} is not known: set OPENAI_INPUT_PRICE and OPENAI_OUTPUT_PRICE"
            " (USD for a million tokens), or use --max-tokens",
            setup=True,
        )
    return Budget(tokens=options.max_tokens, cost=options.max_cost, price=price)
