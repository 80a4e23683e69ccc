"""Filling the catalog by a real sync, and how fast that goes beside the same rows written by hand."""

import time

from catalog.entities.nomenklatura import NOMENKLATURA

from deploy.local.demo.api import Api, SyncStatus
from tests.load import by_hand, memory, soap_by_hand
from tests.load.bench import Bench
from tests.load.goals import HAND
from tests.load.usage import Usage
from tests.onec import OneC
from tests.sources import Source, connect

WORKERS = ("integration-worker", "catalog-worker")
NEW, UNCHANGED = "sync of a new list", "sync of an unchanged list"
SLOWEST = 500.0  # items a second


def fill(bench: Bench, onec: OneC, products: int) -> None:
    """Sync the list twice: first all rows are new, then none has changed. Raises RuntimeError when a row is lost."""
    source = connect(bench.api, onec.wsdl())
    within = 60 + products / SLOWEST
    hand = _by_hand(bench, onec.wsdl())
    with memory.peaks({name: bench.cluster.pid(name) for name in WORKERS}) as peaks:
        syncs = [_timed(bench, source, within) for _ in hand]
    first, second = (end for end, _, _ in syncs)
    if not first.created == first.total == second.unchanged == second.total == products:
        raise RuntimeError(f"the syncs ended with other numbers than expected: {first}, {second}")
    for name, ceiling, (_, rate, used) in zip((NEW, UNCHANGED), hand, syncs, strict=True):
        bench.table.add(name, rate, ceilings={HAND: ceiling}, used=used, units=products)
    for name, peak in peaks.items():
        bench.table.add(f"{name} in the syncs", peak, memory=peak)


def _by_hand(bench: Bench, wsdl: str) -> tuple[float, float]:
    """Return the rows a second of the new list, and of the same once more."""
    columns, table = soap_by_hand.COLUMNS, NOMENKLATURA.name
    with by_hand.scratch(bench.database_url("catalog"), table) as connection:
        new = by_hand.insert(connection, table, columns, soap_by_hand.products(wsdl))
        same = by_hand.upsert(connection, table, columns, soap_by_hand.products(wsdl), NOMENKLATURA.unique)
    return new, same


def _timed(bench: Bench, source: Source, within: float) -> tuple[SyncStatus, float, Usage]:
    """How a sync ended, the items a second from its start to that, and what it took."""
    with bench.watched() as used:
        began = time.monotonic()
        end = _completed(source.api, source.api.start_sync("nomenklatura", source.integration), within)
        seconds = time.monotonic() - began
    return end, end.total / seconds, used


def _completed(api: Api, task: str, within: float) -> SyncStatus:
    end = api.follow_sync(task, within)
    if end.status != "completed":
        raise RuntimeError(f"the sync failed: {end.message}")
    return end
