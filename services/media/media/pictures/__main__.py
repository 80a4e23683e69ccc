"""Runs one process of the pool: it reads jobs from standard input, one JSON object a line, and answers likewise.

It ends when its input ends, as it does with the process that started it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from ecatalog.core.errors import DISK_FULL

from media.pictures.check import check
from media.pictures.opening import TooMuch
from media.pictures.render import render
from media.pictures.turns import one_large_at_a_time


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not garble an answer
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    try:
        source, folder, lock = Path(job["source"]), Path(job["folder"]), Path(job["lock"])
        if job["names"] is None:
            return check(source, folder, lock)
        with one_large_at_a_time(source, lock):
            return render(source, job["names"], folder)
    except TooMuch as error:
        return {"too_much": str(error)}
    except Exception as error:  # decoders raise anything at all at broken files
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            return {"no_room": error.errno}
        return {"refused": f"{type(error).__name__}: {error}"[:500]}


if __name__ == "__main__":
    main()
