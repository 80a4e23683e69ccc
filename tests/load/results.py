"""What was measured, beside what it should be."""

from dataclasses import dataclass, field
from typing import TextIO

from tests.load.foreign import QUIET

_HEADER = ("what", "measured", "p95", "of the bare gateway", "others' CPU", "goal", "")


@dataclass(frozen=True)
class Goal:
    """At least (or, with ``most``, at most) so much of a unit, and at least such a part of the bare gateway's rate."""

    amount: float
    unit: str = "req/s"
    most: bool = False
    ratio: float = 0.0

    def is_met(self, measured: float, ceiling: float | None) -> bool:
        if self.ratio and ceiling and measured / ceiling < self.ratio:
            return False
        return measured <= self.amount if self.most else measured >= self.amount

    def __str__(self) -> str:
        part = f", ≥ {self.ratio:g}" if self.ratio else ""
        return f"{'≤' if self.most else '≥'} {self.amount:,g} {self.unit}{part}"


GOALS = {
    "idle memory of all processes": Goal(1000, "MB", most=True),
    "sync of a new list": Goal(10_000, "items/s"),
    "sync of an unchanged list": Goal(12_000, "items/s"),
    "integration-worker in the syncs": Goal(300, "MB", most=True),
    "catalog-worker in the syncs": Goal(300, "MB", most=True),
    "list of 20 from the database": Goal(800, ratio=0.07),
    "the same page, cached": Goal(3_800),
    "the same page, 304": Goal(5_300),
    "detail by code": Goal(2_100, ratio=0.19),
    "search, page and exact count": Goal(400),
    "page at offset 90,000": Goal(200),
    "page by cursor": Goal(900),
    "create one product": Goal(500),
    "change one product": Goal(500),
    "export of products to Excel": Goal(25_000, "rows/s"),
    "largest process in the export": Goal(250, "MB", most=True),
    "import of new products from Excel": Goal(10_000, "rows/s"),
    "import of an unchanged export": Goal(10_000, "rows/s"),
    "descriptions by 16 at once": Goal(0.9, "of the ideal rate"),
    "points one by one": Goal(1_600, "points/s"),
    "points in batches of 500": Goal(60_000, "points/s"),
    "batches beside 10 million points": Goal(48_000, "points/s"),
    "batches beside them, of those on an empty table": Goal(0.8, "of that rate"),
    "an agent's day of 5,000 points": Goal(25, "ms", most=True),
    "where 1,000 agents are": Goal(50, "ms", most=True),
    "thumbnail feed of 60 among 2,000 images": Goal(1_500),
    "page of 20 with 40 images, beside one without": Goal(1.5, "of its time", most=True),
    "four renditions of a 12-megapixel JPEG": Goal(10, "sources/s"),
    "largest process in that": Goal(100, "MB", most=True),
    "sign-in, one after another": Goal(30, "ms p95", most=True),
    "details beside 10 sign-ins a second": Goal(0.7, "of their rate alone"),
}


@dataclass
class Table:
    """Rows in the order in which they were measured; each is shown at once on ``stream``."""

    stream: TextIO
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(
        self,
        name: str,
        measured: float,
        *,
        p95: float | None = None,
        ceiling: float | None = None,
        foreign: float | None = None,
    ) -> None:
        """``p95`` in milliseconds; ``foreign``: the cores that other programs took meanwhile."""
        goal = GOALS[name]
        digits = 0 if measured >= 10 else 2
        self._show(
            name,
            f"{measured:,.{digits}f} {goal.unit}",
            "" if p95 is None else f"{p95:.1f} ms",
            "" if ceiling is None else f"{measured / ceiling:.2f} of {ceiling:,.0f}",
            "" if foreign is None else f"{foreign:.0%}",
            str(goal),
            "" if goal.is_met(measured, ceiling) else _missed(foreign),
        )

    def fail(self, name: str, reason: str) -> None:
        self._show(name, f"not measured: {reason}", "", "", "", str(GOALS[name]), "MISSED")

    def note(self, text: str) -> None:
        self.stream.write(f"… {text}\n")
        self.stream.flush()

    def print(self) -> None:
        """The whole as a table."""
        rows = [_HEADER, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
        for row in rows:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stream.write(f"{line.rstrip()}\n")
        self.stream.flush()

    def _show(self, *row: str) -> None:
        self.rows.append(row)
        self.note(": ".join(row[:2]))


def _missed(foreign: float | None) -> str:
    return "MISSED" if foreign is None or foreign < QUIET else "MISSED on a busy machine"
