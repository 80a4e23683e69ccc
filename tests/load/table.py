"""The rows as people read them: value, shares of the ceilings beside their goals, and what a unit costs whom."""

from collections.abc import Mapping, Sequence
from typing import TextIO

from tests.load.goals import GOALS
from tests.load.results import Row
from tests.load.usage import GROUPS, Usage

_SHORT = {"gateway": "gw", "postgres": "pg", "other": "rest"}
_HEADER = ("what", "measured", "p95", "share", "goal", "MB", *(_SHORT.get(group, group) for group in GROUPS))
_ABOUT = "p95 in ms; MB of all processes; then microseconds of CPU a unit: gateway, api, worker, PostgreSQL, NATS, rest"


class Table:
    """Rows in the order in which they were measured; each is shown at once on ``stream``."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.rows: list[Row] = []

    def add(
        self,
        name: str,
        value: float,
        *,
        p95: float | None = None,
        ceilings: Mapping[str, float] | None = None,
        used: Usage | None = None,
        units: float = 0.0,
        cpu: Mapping[str, float] | None = None,
        memory: float | None = None,
    ) -> None:
        """Add a row; ``used`` is what ``units`` of it took, unless ``cpu`` says what one takes."""
        shares = {ceiling: value / most for ceiling, most in (ceilings or {}).items() if most}
        spent = cpu if cpu is not None else used.each(units) if used else {}
        held = memory if memory is not None else used.memory if used else None
        foreign = used.foreign if used else None
        self._keep(Row(name, value, p95, dict(ceilings or {}), shares, dict(spent), held, foreign))

    def fail(self, name: str, reason: str) -> None:
        self._keep(Row(name, error=reason))

    def note(self, text: str) -> None:
        self.stream.write(f"… {text}\n")
        self.stream.flush()

    def _keep(self, row: Row) -> None:
        assert row.name in GOALS, f"{row.name} is no row of the table"
        self.rows.append(row)
        shares = [f"{share:.2f} of {plain(row.ceilings[name])} {name}" for name, share in row.shares.items()]
        self.note(", ".join([": ".join(_cells(row)[0][:2]), *shares]))


def written(rows: Sequence[Row]) -> str:
    """Write the whole table, and below it what was missed."""
    lines = [line for row in rows for line in _cells(row)]
    missed = [each for row in rows for each in row.missed()]
    ending = "".join(f"MISSED {each}\n" for each in missed) if missed else "all goals are reached\n"
    return f"{_ABOUT}\n{aligned([_HEADER, *lines])}\n{ending}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Write rows of cells; all but the first column stand at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(
        " ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        + "\n"
        for row in rows
    )


def _cells(row: Row) -> list[tuple[str, ...]]:
    """Return the cells of a row; each further share has a line of its own."""
    if row.error:
        return [(row.name, "not measured", *[""] * (len(_HEADER) - 2))]
    costs = [amount(row.cpu[group]) if group in row.cpu else "" for group in GROUPS]
    value = f"{plain(row.value)} {row.goal.unit}"
    p95 = "" if row.p95 is None else plain(row.p95)
    memory = "" if row.memory is None else f"{row.memory:.0f}"
    shares = [(f"{share:.2f} {ceiling}", row.goal.bound(ceiling)) for ceiling, share in row.shares.items()]
    first, *others = shares or [("", "")]
    first = (first[0], first[1] or row.goal.own_bound)
    return [
        (row.name, value, p95, *first, memory, *costs),
        *(("", "", "", *other, "", *[""] * len(GROUPS)) for other in others),
    ]


def plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def amount(microseconds: float) -> str:
    """Write a cost in at most four signs."""
    if microseconds < 10:
        return f"{microseconds:.1f}"
    if microseconds < 999.5:
        return f"{microseconds:.0f}"
    thousands = microseconds / 1000
    return f"{thousands:.1f}k" if thousands < 9.95 else f"{thousands:.0f}k" if thousands < 999.5 else ">1M"
