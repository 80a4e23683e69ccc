"""Renditions as one would make them by hand: each picture is decoded once, at reduced scale, in as many processes as
there are cores, with the sizes and settings of the service but without its checks, its files and its queue.

``python -m tests.load.renditions_by_hand FILE COUNT`` makes those of one process.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

from media.pictures.limits import ENCODINGS, SHOWN_FIRST, SIZES
from media.pictures.pool import KEEP_MEMORY
from media.pictures.render import OPTIONS, QUICKLY
from PIL import Image

NAMES = (*SHOWN_FIRST, *sorted({f"{size}.jpg" for size in SIZES} - set(SHOWN_FIRST)))
"""What the service makes of an upload: first what pages show, then the other sizes."""


def rate(source: Path, count: int) -> float:
    """Return the pictures a second of all cores together."""
    processes = os.cpu_count() or 1
    each = count // processes
    command = [sys.executable, "-m", "tests.load.renditions_by_hand", str(source), str(each)]
    environment = {**os.environ, **KEEP_MEMORY}
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
            )
            for _ in range(processes)
        ]
        for one in started:
            _expect(one, b"ready\n")
        began = time.perf_counter()
        for one in started:
            assert one.stdin is not None
            one.stdin.close()
        for one in started:
            _expect(one, b"done\n")
        return each * processes / (time.perf_counter() - began)


def render(source: Path) -> list[int]:
    """Make all renditions of a picture; returns how many bytes each has."""
    sizes = sorted(SIZES.items(), key=lambda item: item[1], reverse=True)
    picture = Image.open(source)
    picture.draft("RGB", (sizes[0][1], sizes[0][1]))
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    box = (left, top, left + side, top + side)
    made: list[int] = []
    current: Image.Image | None = None
    for size, pixels in sizes:
        if current is None:
            current = picture.resize((pixels, pixels), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
        else:
            current = current.reduce(current.width // pixels)
        made += [_encoded(current, name) for name in NAMES if name.startswith(f"{size}.")]
    return made


def _encoded(picture: Image.Image, name: str) -> int:
    encoding = ENCODINGS[name.rpartition(".")[2]]
    faster = QUICKLY.get(encoding, {}) if name in SHOWN_FIRST else {}
    file = BytesIO()
    picture.save(file, encoding, **OPTIONS[encoding] | faster)
    return file.tell()


def _expect(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    assert process.stdout is not None
    if (said := process.stdout.readline()) != line:
        raise RuntimeError(f"renditions by hand said {said!r}")


def main() -> None:
    source, count = Path(sys.argv[1]), int(sys.argv[2])
    render(source)  # all modules are loaded now
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    for _ in range(count):
        render(source)
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
