"""Counts what tells how the code is built, beside what was counted before: ``make counts``.

The table shows sizes, ``noqa`` comments, calls that reach a database, queues, write paths, declarations of a field and
the returns of three walks (``walks.py`` says what those are). ``before.json`` holds the figures of an earlier state,
which the column ``before`` shows; ``python -m tests.counts --record`` writes the present ones into it. Nothing fails:
the figures are for those who judge whether a change has made the code simpler.
"""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.counts import fields, persistence, sizes, walks

BEFORE = Path(__file__).with_name("before.json")


def main() -> None:
    found = walks.walks()
    now: sizes.Figures = {
        **sizes.figures(),
        **persistence.figures(),
        **fields.figures(),
        **{f"returns: {name}": walks.returns(walk) for name, walk in found.items()},
        **{f"files on the way: {name}": len(set(walk)) for name, walk in found.items()},
    }
    if "--record" in sys.argv:
        BEFORE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    console = Console()
    console.print(_table(json.loads(BEFORE.read_text(encoding="utf-8")), now))
    for name, walk in found.items():
        console.print(f"\n{name}: {' → '.join(walk)}", highlight=False)


def _table(before: sizes.Figures, now: sizes.Figures) -> Table:
    table = Table("what", "before", "now", box=None)
    for name in {**before, **now}:
        then, present = before.get(name, 0), now.get(name, 0)
        table.add_row(name, f"{then:g}", f"{present:g}", style="bold" if then != present else "")
    return table


if __name__ == "__main__":
    main()
