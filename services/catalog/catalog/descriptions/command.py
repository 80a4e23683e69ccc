"""The work of ``generate_descriptions``: the rows of one kind after the other, until a signal or a limit ends it."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ecatalog.db.database import Database

from catalog.descriptions.budget import Budget, Price, published_price
from catalog.descriptions.chat import Chat
from catalog.descriptions.console import Screen
from catalog.descriptions.failures import Stop
from catalog.descriptions.kinds import Described
from catalog.descriptions.run import Run, Wanted
from catalog.descriptions.undescribed import Undescribed, project_named
from catalog.settings import CatalogSettings

GRACE_SECONDS = 5.0
"""How long the answers under way are waited for after Ctrl-C: they are paid for."""

DONE, NOT_ALL, SETUP = 0, 1, 2
INTERRUPTED = "interrupted; the next run goes on where this one stopped"


@dataclass(frozen=True)
class Asked:
    """What stood on the command line. ``project`` is a code; ``max_cost`` is in USD."""

    kinds: Sequence[Described]
    wanted: Wanted
    concurrency: int
    limit: int | None = None
    project: str | None = None
    max_tokens: int | None = None
    max_cost: float | None = None


class Command:
    """One call of the command. Raises :class:`Stop` when nothing can be done as things are set up."""

    def __init__(self, settings: CatalogSettings, asked: Asked) -> None:
        self._asked = asked
        self._budget = _budget(settings, asked)
        self._chat = Chat(settings, asked.concurrency)
        self._database = Database(settings.dsn)
        self._current: Run | None = None
        self._stopped: Stop | None = None

    async def run(self) -> int:
        """The exit code."""
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
        asked, wanted = self._asked, self._asked.wanted
        project = await self._project()
        counts = [await self._source(kind, project, asked.limit).count() for kind in asked.kinds]
        total = sum(counts) if asked.limit is None else min(sum(counts), asked.limit)
        with Screen(total, self._budget, dry_run=wanted.dry_run) as screen:
            for kind in asked.kinds:
                totals = screen.totals
                left = None if asked.limit is None else asked.limit - totals.done - totals.failed
                if not self._stopped and left != 0:
                    await self._describe(kind, self._source(kind, project, left), screen)
        screen.summary("would describe" if wanted.dry_run else "drafted" if wanted.review else "described")
        if self._stopped:
            screen.say(f"stopped: {self._stopped}")
            return SETUP if self._stopped.setup else NOT_ALL
        return NOT_ALL if screen.totals.failed else DONE

    async def _describe(self, kind: Described, source: Undescribed, screen: Screen) -> None:
        run = Run(
            self._database, self._chat, kind, source, self._asked.wanted, self._budget, partial(screen.show, kind.name)
        )
        self._current = run
        await run.run()
        self._stopped = self._stopped or run.stopped

    async def _project(self) -> int | None:
        code = self._asked.project
        if code is None:
            return None
        project = await project_named(self._database, code)
        if project is None:
            raise Stop(f"there is no project with the code {code!r}", setup=True)
        return project

    def _source(self, kind: Described, project: int | None, limit: int | None) -> Undescribed:
        return Undescribed(self._database, kind, project, limit, overwrite=self._asked.wanted.overwrite)

    def _interrupt(self) -> None:
        """End with the answers under way; called again, or when they take too long, without them."""
        grace = 0.0 if self._stopped else GRACE_SECONDS
        self._stopped = Stop(INTERRUPTED)
        if self._current:
            self._current.stop(self._stopped)
            asyncio.get_running_loop().call_later(grace, self._current.abandon)


def _budget(settings: CatalogSettings, asked: Asked) -> Budget:
    price = None if settings.openai_base_url else published_price(settings.openai_model)
    if settings.openai_input_price is not None and settings.openai_output_price is not None:
        price = Price(settings.openai_input_price, settings.openai_output_price)
    if asked.max_cost is not None and price is None:
        raise Stop(
            f"the price of {settings.openai_model} is not known: set OPENAI_INPUT_PRICE and OPENAI_OUTPUT_PRICE"
            " (USD for a million tokens), or use --max-tokens",
            setup=True,
        )
    return Budget(tokens=asked.max_tokens, cost=asked.max_cost, price=price)
