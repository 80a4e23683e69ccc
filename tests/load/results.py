"""One measured row, its shares, and what is said of several runs of it."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.load.foreign import QUIET
from tests.load.goals import GOALS, Goal


@dataclass(frozen=True)
class Row:
    """``p95`` in milliseconds, ``cpu`` in microseconds a unit by group of processes, ``memory`` in megabytes, and
    ``foreign`` the cores that other programs took. ``error`` says why there is no ``value``."""

    name: str
    value: float = 0.0
    p95: float | None = None
    ceilings: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    cpu: Mapping[str, float] = field(default_factory=dict)
    memory: float | None = None
    foreign: float | None = None
    error: str = ""

    @property
    def goal(self) -> Goal:
        return GOALS[self.name]

    def missed(self) -> list[str]:
        """Say which goals are missed, and by what."""
        if self.error:
            return [f"{self.name}: not measured: {self.error}"]
        missed = [] if self.goal.is_met(self.value) else [f"{self.value:.4g} {self.goal.unit}, {self.goal.own_bound}"]
        missed += [
            f"{share:.2f} of {ceiling}, {self.goal.bound(ceiling)}"
            for ceiling, share in self.shares.items()
            if not self.goal.is_reached(ceiling, share)
        ]
        busy = " (on a busy machine)" if self.foreign is not None and self.foreign >= QUIET else ""
        return [f"{self.name}: {each}{busy}" for each in missed]


def merged(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the medians of several runs with the worst share of each; a row that failed once has failed."""
    by_name: dict[str, list[Row]] = {}
    for row in (row for run in runs for row in run):
        by_name.setdefault(row.name, []).append(row)
    return [_merged(rows) for rows in by_name.values()]


def _merged(rows: list[Row]) -> Row:
    if failed := next((row for row in rows if row.error), None):
        return failed
    goal = rows[0].goal
    shares = _columns(row.shares for row in rows)
    return Row(
        rows[0].name,
        statistics.median(row.value for row in rows),
        _median([row.p95 for row in rows]),
        {name: statistics.median(values) for name, values in _columns(row.ceilings for row in rows).items()},
        {name: max(values) if name in goal.most_shares else min(values) for name, values in shares.items()},
        {name: statistics.median(values) for name, values in _columns(row.cpu for row in rows).items()},
        _median([row.memory for row in rows]),
        _median([row.foreign for row in rows]),
    )


def _columns(each: Iterable[Mapping[str, float]]) -> dict[str, list[float]]:
    columns: dict[str, list[float]] = {}
    for row in each:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return columns


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
