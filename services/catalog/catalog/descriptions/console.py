"""Shows the progress of ``generate_descriptions``, each row that failed, and a summary."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from catalog.descriptions.budget import Budget
from catalog.descriptions.outcomes import RowResult, Totals

TELL_SECONDS = 10.0
SHOWN_CHARACTERS = 2000


class Screen:
    """Draws a bar on a terminal; elsewhere, as in a container's log, it writes a line now and then."""

    def __init__(self, total: int, budget: Budget, *, dry_run: bool) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.totals = Totals()
        self._total = total
        self._budget = budget
        self._dry_run = dry_run
        self._began = self._told = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}  {task.fields[tokens]:,} tokens  left"), TimeRemainingColumn(),
            console=self.console, disable=not self.console.is_terminal,
        )  # fmt: skip
        self._bar: TaskID = self._progress.add_task("describing", total=total, rate="", tokens=0)

    def __enter__(self) -> "Screen":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def say(self, text: str) -> None:
        self.console.print(text, markup=False)

    def show(self, kind: str, outcome: RowResult) -> None:
        """Show the outcome of a row of that kind."""
        self.totals.add(outcome)
        name = f"{kind} {outcome.row.code}" if outcome.row else kind
        if outcome.row and outcome.row.project:
            name += f" (project {outcome.row.project})"
        if outcome.status == "failed":
            self.say(f"FAILED  {name}: {outcome.error}")
        elif outcome.status == "done" and self._dry_run and outcome.row:
            before = (outcome.row.description or "").strip() or "(none)"
            self.say(f"{name}\n  before: {before[:SHOWN_CHARACTERS]}\n  after:  {outcome.text}")
        self._advance()

    def summary(self, verb: str) -> None:
        seconds = time.monotonic() - self._began
        usage = self._budget.spent
        cost = self._budget.cost
        self.say(
            f"{verb} {self.totals.done:,}, failed {self.totals.failed:,}, needed nothing {self.totals.skipped:,}"
            f" in {seconds:,.1f} s ({self._rate()}); tokens: {usage.prompt:,} sent + {usage.completion:,} answered"
            + (f", about ${cost:,.4f}" if cost is not None else "")
        )

    def _advance(self) -> None:
        self._progress.update(self._bar, advance=1, rate=self._rate(), tokens=self._budget.spent.tokens)
        now = time.monotonic()
        if self._progress.disable and now - self._told > TELL_SECONDS:
            self._told = now
            totals = self.totals
            done = totals.done + totals.failed + totals.skipped
            left = (self._total - done) * (now - self._began) / done
            self.say(
                f"{done:,} of {self._total:,}, {self._rate()}, {self._budget.spent.tokens:,} tokens, {left:,.0f} s left"
            )

    def _rate(self) -> str:
        return f"{(self.totals.done + self.totals.failed) / max(time.monotonic() - self._began, 0.001):,.1f} rows/s"
