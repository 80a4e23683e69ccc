"""What the processes of a cluster used while something was measured."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

from deploy.local.cluster import Cluster
from tests.load import memory
from tests.load.foreign import foreign_cpu

GROUPS = ("gateway", "api", "worker", "postgres", "nats", "other")


@dataclass
class Usage:
    """``cpu``: seconds by group of processes; ``memory``: megabytes of all at the end; ``foreign``: others' cores."""

    cpu: dict[str, float] = field(default_factory=dict)
    memory: float | None = None
    foreign: float = 0.0

    def each(self, units: float) -> dict[str, float]:
        """Return the microseconds of CPU for each of so many units."""
        return {group: seconds * 1e6 / units for group, seconds in self.cpu.items()} if units else {}


@contextmanager
def watched(cluster: Cluster | None) -> Iterator[Usage]:
    """Fills in what it gives when the context ends; without a cluster only what others took."""
    usage = Usage()
    before = cpu_by_group(cluster) if cluster else {}
    with foreign_cpu() as foreign:
        yield usage
    usage.foreign = foreign.cores
    if cluster:
        after = cpu_by_group(cluster)
        usage.cpu = {group: max(0.0, after[group] - before[group]) for group in GROUPS}
        usage.memory = memory.whole(cluster)


def cpu_by_group(cluster: Cluster) -> dict[str, float]:
    """Return the CPU seconds so far of each group, of processes that ended there too."""
    names = {process.pid: name for name, process in cluster.processes().items() if process.pid is not None}
    total = dict.fromkeys(GROUPS, 0.0)
    supervisor = psutil.Process(cluster.supervisor_pid)
    family = [supervisor, *supervisor.children(recursive=True)]
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for process in family:
        with suppress(psutil.Error):  # it has ended: its parent has its times
            times = process.cpu_times()
            parents[process.pid] = process.ppid()
            spent[process.pid] = times.user + times.system + times.children_user + times.children_system
    for pid, seconds in spent.items():
        total[_group(pid, names, parents)] += seconds
    return total


def _group(pid: int, names: Mapping[int, str], parents: Mapping[int, int]) -> str:
    """Return the group of the nearest ancestor that has a name."""
    while pid in parents and pid not in names:
        pid = parents[pid]
    name = names.get(pid, "other")
    kind = name.rpartition("-")[2]
    return kind if kind in GROUPS else "other"
