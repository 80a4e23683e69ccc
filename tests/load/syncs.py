"""Filling the catalog by a real sync, and how fast that goes."""

import time

from deploy.local.demo.api import Api, SyncStatus
from tests.load import memory
from tests.load.bench import Bench
from tests.load.foreign import foreign_cpu, wait_until_quiet
from tests.onec import OneC
from tests.sources import Source, connect

WORKERS = ("integration-worker", "catalog-worker")
ENDS_WITHIN = 300.0


def fill(bench: Bench, onec: OneC) -> None:
    """Sync the list twice: first all rows are new, then none has changed. Raises RuntimeError when a row is lost."""
    source = connect(bench.api, onec.wsdl())
    with memory.peaks({name: bench.cluster.pid(name) for name in WORKERS}) as peaks:
        wait_until_quiet(bench.patience)
        first, first_rate, first_foreign = _timed(source)
        wait_until_quiet(bench.patience)
        second, second_rate, second_foreign = _timed(source)
    if not first.created == first.total == second.unchanged == second.total:
        raise RuntimeError(f"the syncs ended with other numbers than expected: {first}, {second}")
    bench.table.add("sync of a new list", first_rate, foreign=first_foreign)
    bench.table.add("sync of an unchanged list", second_rate, foreign=second_foreign)
    for name, peak in peaks.items():
        bench.table.add(f"{name} in the syncs", peak)


def _timed(source: Source) -> tuple[SyncStatus, float, float]:
    """How a sync ended, the items a second from its start to that, and what other programs took meanwhile."""
    with foreign_cpu() as foreign:
        began = time.monotonic()
        end = _completed(source.api, source.api.start_sync("nomenklatura", source.integration))
        seconds = time.monotonic() - began
    return end, end.total / seconds, foreign.cores


def _completed(api: Api, task: str) -> SyncStatus:
    end = api.follow_sync(task, ENDS_WITHIN)
    if end.status != "completed":
        raise RuntimeError(f"the sync failed: {end.message}")
    return end
