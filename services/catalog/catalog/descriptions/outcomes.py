"""Counts the outcomes of rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ecatalog.db.pool import Transaction
from ecatalog.jobs.progress import JobError, Progress, add_result

from catalog.descriptions.budget import Usage
from catalog.descriptions.claims import ClaimedRow

Status = Literal["done", "skipped", "failed", "lost"]


@dataclass
class RowResult:
    """Is the outcome of a row. ``row`` is None for one that needed nothing; ``error`` says why there is no ``text``.

    A row that another worker has claimed meanwhile is ``lost``: it counts there.
    """

    row_id: int
    status: Status
    row: ClaimedRow | None = None
    text: str = ""
    error: str = ""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


@dataclass
class Totals:
    """Holds the totals of one run. ``unfinished`` gives the reason when the run stopped early."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    usage: Usage = field(default_factory=Usage)
    unfinished: str = ""

    def add(self, outcome: RowResult) -> None:
        self.done += outcome.status == "done"
        self.skipped += outcome.status == "skipped"
        self.failed += outcome.status == "failed"
        self.usage += outcome.usage


async def count(connection: Transaction, job_id: int, results: Sequence[RowResult]) -> None:
    """Add the outcomes of rows to their job; the last one ends it."""
    outcomes = Counter(one.status for one in results)
    usage = sum((one.usage for one in results), Usage())
    progress: Progress = {
        "updated": outcomes["done"], "skipped": outcomes["skipped"], "last": True,
        "errors": [
            JobError(one.row.code if one.row else "", one.error) for one in results if one.status == "failed"
        ],
        "counters": {"prompt_tokens": usage.prompt, "completion_tokens": usage.completion},
    }  # fmt: skip
    await add_result(connection, job_id, **progress)
