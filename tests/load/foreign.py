"""How busy other programs kept the machine while something was measured."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

QUIET = 0.2  # cores
_LOOK_SECONDS = 1.0


def wait_until_quiet(patience: float) -> None:
    """Wait until other programs rest, at most ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with foreign_cpu() as foreign:
            time.sleep(_LOOK_SECONDS)
        if foreign.cores < QUIET:
            return


@dataclass
class Foreign:
    """``cores``: what others took, in cores; some of it is the kernel's work for us that belongs to no process."""

    cores: float = 0.0


@contextmanager
def foreign_cpu() -> Iterator[Foreign]:
    """Fills in what it gives when the context ends."""
    foreign = Foreign()
    began, whole, own = time.monotonic(), _whole(), _own()
    yield foreign
    seconds = time.monotonic() - began
    foreign.cores = max(0.0, (_whole() - whole) - (_own() - own)) / seconds


def _whole() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _own() -> float:
    """CPU seconds of this process, of all below it, and of those that have ended there."""
    this = psutil.Process()
    total = 0.0
    for process in (this, *this.children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
