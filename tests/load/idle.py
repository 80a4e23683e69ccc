"""What the system takes while nobody uses it: to start, and at rest."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from deploy.local.cluster import Cluster
from tests.load import memory
from tests.load.table import Table

REST_SECONDS = 60


def measure(cluster: Cluster, table: Table, seconds: float = REST_SECONDS) -> None:
    """Start a cluster once more, let it rest, and read its memory and the CPU of its busiest process."""
    cluster.stop()
    began = time.monotonic()
    cluster.start()
    table.add("second start until healthy", time.monotonic() - began)
    table.note(f"healthy; {seconds} s of rest before its memory is read")
    with _busiest(cluster) as busiest:
        time.sleep(seconds)
    whole = memory.whole(cluster)
    table.add("idle memory of all processes", whole, memory=whole)
    part, name = max(busiest)
    table.note(f"the busiest process at rest is {name}")
    table.add("busiest process at rest", part * 100)


@contextmanager
def _busiest(cluster: Cluster) -> Iterator[list[tuple[float, str]]]:
    """Fills in what part of a core each process took while the context lasted, with the name of the process."""
    used: list[tuple[float, str]] = []
    supervisor = psutil.Process(cluster.supervisor_pid)
    before = {process.pid: _spent(process) for process in (supervisor, *supervisor.children(recursive=True))}
    began = time.monotonic()
    yield used
    seconds = time.monotonic() - began
    names = {process.pid: name for name, process in cluster.processes().items()}
    for process in (supervisor, *supervisor.children(recursive=True)):
        part = (_spent(process) - before.get(process.pid, 0.0)) / seconds
        used.append((part, names.get(process.pid) or " ".join(process.cmdline())[:80]))


def _spent(process: psutil.Process) -> float:
    """CPU seconds of a process alone."""
    times = process.cpu_times()
    return float(times.user + times.system)
