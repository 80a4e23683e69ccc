"""A supervisor writes the state of its cluster to ``run/state.json`` for others."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.directory import DataDirectory


@dataclass(frozen=True)
class ProcessState:
    """The state of a process: waiting, starting, ready, restarting, failed or stopped."""

    pid: int | None
    state: str
    restarts: int


@dataclass(frozen=True)
class ClusterState:
    """The state of the whole cluster; ``healthy`` once everything has been ready together."""

    port: int
    healthy: bool
    processes: dict[str, ProcessState]

    def write(self, directory: DataDirectory) -> None:
        file = _file(directory)
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        draft.replace(file)


def read(directory: DataDirectory) -> ClusterState | None:
    """Return the last state that was written, None when there is none."""
    try:
        raw = json.loads(_file(directory).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    processes = {name: ProcessState(**row) for name, row in raw["processes"].items()}
    return ClusterState(raw["port"], raw["healthy"], processes)


def remove(directory: DataDirectory) -> None:
    _file(directory).unlink(missing_ok=True)


def _file(directory: DataDirectory) -> Path:
    return directory.run / "state.json"
