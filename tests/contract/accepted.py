"""Which recorded answers we give differently, and what the replayer itself cannot send."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

KNOWN = Path(__file__).with_name("known.txt")

MOVED = """\
project-062 the replayer moves dates to the day it runs on by a NUL of its own, and strips the one that is searched for
"""
"""True on any other day than that of the recording."""


def accepted(contract: Path, folder: Path) -> Path:
    """The deviations to accept today, as a file in ``folder``."""
    file = folder / "known.txt"
    today = datetime.now(ZoneInfo("Asia/Tashkent")).date()
    file.write_text(KNOWN.read_text(encoding="utf-8") + ("" if today == _recorded_on(contract) else MOVED))
    return file


def _recorded_on(contract: Path) -> date:
    with gzip.open(contract / "golden-public.jsonl.gz", "rt", encoding="utf-8") as lines:
        return date.fromisoformat(json.loads(next(lines))["header"]["recorded_on"])
