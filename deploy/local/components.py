"""The table of components, ``deploy/components.toml``, is read, and its offsets become ports."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.problems import ClusterError

TABLE = Path(__file__).parents[1] / "components.toml"
LOWEST_PORT, HIGHEST_PORT = 1024, 65535


@dataclass(frozen=True)
class Service:
    """A service: two processes of one package, and one database."""

    name: str
    api_port: int
    worker_port: int
    database: str
    role: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Components:
    """Everything that runs, on the ports of one cluster.

    ``environment`` and ``Service.environment`` still hold their ``{placeholders}``.
    """

    gateway: int
    gateway_internal: int
    postgres: int
    nats: int
    nats_monitor: int
    onec: int
    portal: int
    portal_module: str
    services: tuple[Service, ...]
    environment: Mapping[str, str]

    def listening(self) -> dict[str, int]:
        """Return the port of everything that ``make run`` starts, by its name in messages."""
        ports = {
            "gateway": self.gateway,
            "gateway-internal": self.gateway_internal,
            "portal": self.portal,
            "postgres": self.postgres,
            "nats": self.nats,
            "nats-monitor": self.nats_monitor,
        }
        for service in self.services:
            ports[f"{service.name}-api"] = service.api_port
            ports[f"{service.name}-worker"] = service.worker_port
        return ports


def load(base: int, table: Path = TABLE) -> Components:
    """Read the components of the cluster whose gateway listens on ``base``.

    Raises ClusterError when a port of that cluster would not exist.
    """
    raw: dict[str, Any] = tomllib.loads(table.read_text(encoding="utf-8"))
    components = Components(
        gateway=base + raw["gateway"]["port"],
        gateway_internal=base + raw["gateway"]["internal_port"],
        postgres=base + raw["postgres"]["port"],
        nats=base + raw["nats"]["port"],
        nats_monitor=base + raw["nats"]["monitor_port"],
        onec=base + raw["onec"]["port"],
        portal=base + raw["portal"]["port"],
        portal_module=raw["portal"]["module"],
        services=tuple(_service(name, base, row) for name, row in raw["services"].items()),
        environment=raw["environment"],
    )
    highest = max(components.onec, *components.listening().values())
    if base < LOWEST_PORT or highest > HIGHEST_PORT:
        last = HIGHEST_PORT - (highest - base)
        raise ClusterError(f"ECATALOG_PORT={base} is out of range: choose one from {LOWEST_PORT} to {last}")
    return components


def _service(name: str, base: int, row: Mapping[str, Any]) -> Service:
    return Service(
        name=name,
        api_port=base + row["api_port"],
        worker_port=base + row["worker_port"],
        database=row["database"],
        role=row["role"],
        environment=row.get("environment", {}),
    )
