"""One process of the pool: reads jobs from standard input, one JSON object a line, and answers likewise.

It ends when its input ends, as it does with the process that started it.
"""

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ecatalog.errors import DISK_FULL

from media.pictures.check import check
from media.pictures.limits import LARGE_PIXELS
from media.pictures.opening import open_picture
from media.pictures.render import render


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not garble an answer
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    try:
        source, folder = Path(job["source"]), Path(job["folder"])
        with _one_large_at_a_time(source, Path(job["lock"])):
            if job["names"] is None:
                return check(source, folder)
            with open_picture(source) as picture:
                return render(picture, job["names"], job["ending"], folder)
    except Exception as error:  # decoders raise anything at all at broken files
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            return {"no_room": error.errno}
        return {"refused": f"{type(error).__name__}: {error}"[:500]}


@contextmanager
def _one_large_at_a_time(source: Path, lock: Path) -> Iterator[None]:
    with open_picture(source) as picture:
        is_large = picture.width * picture.height >= LARGE_PIXELS
    if not is_large:
        yield
        return
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
