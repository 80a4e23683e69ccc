"""The figures of a run in a file, and two runs side by side."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.load.results import Row
from tests.load.table import aligned, amount, plain

_HEADER = ("what", "before", "now", "ratio", "share", "before", "now", "CPU before", "CPU now", "ratio")


def write(file: Path, rows: Sequence[Row], products: int, runs: int) -> None:
    """Keep the figures of all rows, with what they were measured on."""
    content = {"products": products, "runs": runs, "rows": [asdict(row) for row in rows]}
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(file: Path) -> tuple[list[Row], int]:
    """Return the rows of an earlier run, and with how many products it was."""
    content = json.loads(file.read_text(encoding="utf-8"))
    return [Row(**row) for row in content["rows"]], content["products"]


def compared(before: Sequence[Row], now: Sequence[Row]) -> str:
    """Write the rows that both runs have measured: value, shares, and all CPU of a unit, each with its ratio."""
    known = {row.name: row for row in before if not row.error}
    pairs = [(known[row.name], row) for row in now if row.name in known and not row.error]
    return aligned([_HEADER, *(line for old, new in pairs for line in _lines(old, new))])


def _lines(old: Row, new: Row) -> list[tuple[str, ...]]:
    shares = [
        (ceiling, f"{old.shares[ceiling]:.2f}", f"{share:.2f}")
        for ceiling, share in new.shares.items()
        if ceiling in old.shares
    ]
    first, *others = shares or [("", "", "")]
    values = (f"{plain(old.value)} {old.goal.unit}", plain(new.value), _ratio(old.value, new.value))
    costs = (sum(old.cpu.values()), sum(new.cpu.values()))
    shown = (amount(costs[0]), amount(costs[1]), _ratio(*costs)) if all(costs) else ("", "", "")
    return [(new.name, *values, *first, *shown), *(("", "", "", "", *other, "", "", "") for other in others)]


def _ratio(old: float, new: float) -> str:
    return f"{new / old:.2f}" if old else ""
