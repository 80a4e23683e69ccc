"""How busy the connections to the database are."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.pool import AsyncAdaptedQueuePool

# SQLAlchemy names a pool's logger after its class: what it says of every connection is not what DEBUG of ours is for.
logging.getLogger(f"{__name__}.WatchedPool").setLevel(logging.WARNING)

METRICS = (
    ("database_pool_size", "Connections that there may be"),
    ("database_pool_in_use", "Connections that somebody holds"),
    ("database_pool_waiting", "Tasks that wait for a connection"),
)


@dataclass(frozen=True)
class Use:
    """The state of one pool."""

    size: int
    in_use: int
    waiting: int


class WatchedPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, which knows how many wait for it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting = 0

    def _do_get(self) -> Any:
        self._waiting += 1
        try:
            return super()._do_get()
        finally:
            self._waiting -= 1

    @property
    def use(self) -> Use:
        return Use(self.size() + self._max_overflow, self.checkedout(), self._waiting)


Uses = Callable[[], dict[str, Use]]


class PoolCollector(Collector):
    """Shows the pools of all open databases of this process, by name, added up."""

    def __init__(self) -> None:
        self._open: dict[int, Uses] = {}

    def watch(self, owner: object, uses: Uses) -> None:
        self._open[id(owner)] = uses

    def forget(self, owner: object) -> None:
        self._open.pop(id(owner), None)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families = [GaugeMetricFamily(name, text, labels=["pool"]) for name, text in METRICS]
        for uses in self._open.values():
            for pool, use in uses().items():
                for family, value in zip(families, astuple(use), strict=True):
                    family.add_metric([pool], value)
        return families


POOLS = PoolCollector()
REGISTRY.register(POOLS)
