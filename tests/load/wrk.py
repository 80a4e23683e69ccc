"""The same load by ``wrk``, which costs a third of what Python costs and so leaves more of the machine to measure."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.load.generator import CONNECTIONS
from tests.load.requests import Load

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Result:
    """``p95`` in seconds; ``size`` is the mean length of an answer with its headers."""

    answers: int
    per_second: float
    p95: float
    wrong: int
    size: float


def program() -> str | None:
    """Where ``wrk`` is, None when it is not installed."""
    return shutil.which("wrk")


def write(load: Load, file: Path) -> None:
    with file.open("wb") as stream:
        for request in load.requests:
            stream.write(b"%d\n" % len(request) + request)


def run(wrk: str, port: int, requests: Path, seconds: float, start: int) -> Result:
    """Send the requests of a file in turn, from number ``start`` on. Raises RuntimeError when wrk fails."""
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "-s", str(SCRIPT), f"http://127.0.0.1:{port}"]
    done = subprocess.run(
        [wrk, *options, "--", str(requests), str(start)], capture_output=True, text=True, check=False, timeout=60
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeError(f"wrk failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    answers, microseconds, size, wrong, p95 = map(int, line.split()[1:])
    return Result(answers, answers / microseconds * 1e6, p95 / 1e6, wrong, size / max(1, answers))
