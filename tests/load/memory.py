"""How much memory processes hold: proportional set size, in which what several share is divided among them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.local.cluster import Cluster

_KILOBYTES_PER_MEGABYTE = 1000
SAMPLE_EVERY = 0.25


def whole(cluster: Cluster) -> float:
    """The megabytes of the supervisor and everything below it."""
    supervisor = psutil.Process(cluster.supervisor_pid)
    return sum(megabytes(process.pid) for process in (supervisor, *supervisor.children(recursive=True)))


def megabytes(pid: int) -> float:
    """0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) / _KILOBYTES_PER_MEGABYTE


@contextmanager
def peaks(pids: dict[str, int]) -> Iterator[dict[str, float]]:
    """The most megabytes that each process held while the context lasted."""
    highest = dict.fromkeys(pids, 0.0)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE_EVERY):
            for name, pid in pids.items():
                highest[name] = max(highest[name], megabytes(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield highest
    finally:
        over.set()
        thread.join()
