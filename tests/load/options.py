"""What the command line of the bench asks for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """``only`` names the rows to measure; figures go into ``json`` and are shown beside those of ``against``."""

    only: Sequence[str]
    products: int
    runs: int
    patience: float
    json: Path | None
    against: Path | None


def read(names: Sequence[str], arguments: Sequence[str] | None = None) -> Options:
    """Read the arguments; ``names`` are the rows that there are."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.load",
        description="Measures the system against what this machine can do just now. Ends with 1 when a goal is missed.",
    )

    parser.add_argument("--only", type=lambda text: text.split(","), default=names, help=f"some of {','.join(names)}")
    parser.add_argument("--products", type=int, default=100_000, help="rows in the catalog (%(default)s)")
    parser.add_argument("--runs", type=int, default=1, help="runs: their medians, and the worst shares (%(default)s)")
    parser.add_argument(
        "--patience", type=float, default=0, help="seconds to wait before each row for other programs to rest"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into a file")
    parser.add_argument("--against", type=Path, metavar="FILE", help="show the figures beside those of such a file")
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return Options(**vars(options))
