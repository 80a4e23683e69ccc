"""The environment of each process is derived from the table of components."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from deploy.local import binaries
from deploy.local.components import Components, Service
from deploy.local.directory import DataDirectory
from deploy.local.passwords import Passwords
from deploy.local.problems import ClusterError

LOOPBACK = "127.0.0.1"
NATS_USER = "internal"
NATS_OUTSIDE_USER = "outside"
SECRET_NAME = re.compile(r"\w+_(secret|secret_key|password)")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Ours alone: a developer's own settings for psql or an outer make must not reach the processes.
NOT_INHERITED = re.compile(r"PG[A-Z]+|MAKE(FLAGS|LEVEL|FILES)|MFLAGS|DATABASE_URL|HOST|PORT")


@dataclass(frozen=True)
class Environment:
    """Fills in the placeholders of the table for one cluster."""

    components: Components
    passwords: Passwords
    data: Path
    outer: Mapping[str, str]

    @classmethod
    def of(cls, components: Components, passwords: Passwords, data: Path, outer: Mapping[str, str]) -> "Environment":
        inherited = {name: value for name, value in outer.items() if not NOT_INHERITED.fullmatch(name)}
        return cls(components, passwords, data, inherited)

    def common(self) -> dict[str, str]:
        """Return the variables of every process."""
        return {**self.outer, "PYTHONUNBUFFERED": "1", **self._filled(self.components.environment)}

    def listening(self, port: int) -> dict[str, str]:
        """Return the variables of a process that listens on ``port``."""
        return {**self.common(), "HOST": LOOPBACK, "PORT": str(port)}

    def service(self, service: Service, port: int) -> dict[str, str]:
        """Return the variables of a process of ``service``."""
        return {
            **self.listening(port),
            **self._filled(service.environment),
            "DATABASE_URL": self.database_url(service),
        }

    def database_url(self, service: Service) -> str:
        password = self.passwords.get(f"{service.role}_password")
        return f"postgresql://{service.role}:{password}@{LOOPBACK}:{self.components.postgres}/{service.database}"

    def nats_url(self) -> str:
        password = self.passwords.get("nats_password")
        return f"nats://{NATS_USER}:{password}@{LOOPBACK}:{self.components.nats}"

    def outside_nats_url(self) -> str:
        """Return the address to which other people's subscribers connect."""
        password = self.passwords.get("nats_outside_password")
        return f"nats://{NATS_OUTSIDE_USER}:{password}@{LOOPBACK}:{self.components.nats}"

    def _filled(self, table: Mapping[str, str]) -> dict[str, str]:
        return {name: self._value(name, template) for name, template in table.items()}

    def _value(self, name: str, template: str) -> str:
        if not PLACEHOLDER.search(template):
            return self.outer.get(name, template)  # a plain value is a default
        return PLACEHOLDER.sub(lambda match: self._placeholder(match[1]), template)

    def _placeholder(self, name: str) -> str:
        known = {
            "environment": self.outer.get("ECATALOG_ENV", "development"),
            "nats_url": self.nats_url(),
            "portal_url": _url(self.components.portal),
            "gateway_url": _url(self.components.gateway),
            "data": str(self.data),
        }
        for service in self.components.services:
            known[f"{service.name}_url"] = _url(service.api_port)
            known[f"{service.name}_worker_url"] = _url(service.worker_port)
        if name in known:
            return known[name]
        if SECRET_NAME.fullmatch(name):
            return self.passwords.get(name)
        raise ClusterError(f"deploy/components.toml names {{{name}}}, which the local cluster does not know")


def _url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def base_port(outer: Mapping[str, str]) -> int:
    """Return the gateway's port, from ``ECATALOG_PORT``. Raises ClusterError when it is not a number."""
    text = outer.get("ECATALOG_PORT") or "8000"
    if not text.isdecimal():
        raise ClusterError(f"ECATALOG_PORT={text} is not a port number")
    return int(text)


def data_directory(outer: Mapping[str, str]) -> DataDirectory:
    """Return the folder of all state, from ``ECATALOG_DATA``; a relative one lies in the repository."""
    return DataDirectory(binaries.ROOT / (outer.get("ECATALOG_DATA") or ".data"))


def outer(env_file: Path) -> dict[str, str]:
    """Return the caller's environment over that of ``env_file`` (``.env``), where ``$`` means nothing special."""
    from_file = dotenv_values(env_file, interpolate=False, encoding="utf-8")
    return {**{name: value for name, value in from_file.items() if value is not None}, **os.environ}
