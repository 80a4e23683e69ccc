"""What became of one row."""

from dataclasses import dataclass, field
from typing import Literal

from catalog.descriptions.budget import Usage
from catalog.descriptions.claims import Row

Status = Literal["done", "skipped", "failed"]


@dataclass
class Outcome:
    """``row`` is None for one that needed nothing; ``text`` is the new description, ``error`` why there is none."""

    row_id: int
    status: Status
    row: Row | None = None
    text: str = ""
    error: str = ""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


@dataclass
class Totals:
    """Of a run. ``unfinished`` is why it ended before its time, if it did."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    usage: Usage = field(default_factory=Usage)
    unfinished: str = ""

    def add(self, outcome: Outcome) -> None:
        self.done += outcome.status == "done"
        self.skipped += outcome.status == "skipped"
        self.failed += outcome.status == "failed"
        self.usage += outcome.usage
