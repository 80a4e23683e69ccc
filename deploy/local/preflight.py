"""Before anything starts, nobody else may use the data directory, and the ports must be free."""

import fcntl
import os
import socket
from collections.abc import Mapping
from typing import TextIO

import psutil

from deploy.local import components
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.problems import ClusterError

LOCK = "supervisor.lock"


def lock(directory: DataDirectory) -> TextIO:
    """Lock the data directory for this process, for as long as the returned file stays open.

    Raises ClusterError when another supervisor has it.
    """
    stream = (directory.run / LOCK).open("a+", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.seek(0)
        owner = stream.read().strip() or "unknown"
        stream.close()
        raise ClusterError(
            f"a cluster already runs on {directory.root} (process {owner}): "
            "stop it with `make stop`, or set ECATALOG_DATA and ECATALOG_PORT for a second one"
        ) from None
    stream.truncate(0)
    stream.write(f"{os.getpid()}\n")
    stream.flush()
    return stream


def running_supervisor(directory: DataDirectory) -> int | None:
    """Return the process that holds the lock of ``directory``, None when none does."""
    try:
        with (directory.run / LOCK).open("r", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(stream.read())
    except (OSError, ValueError):
        pass
    return None


def require_free_ports(cluster: Components) -> None:
    """Raise ClusterError that names the first port in use, by whom, and a base port that would do."""
    for name, port in cluster.listening().items():
        if not is_free(port):
            raise ClusterError(
                f"port {port} ({name}) is already in use{_owner(port)}: choose other ports with "
                f"ECATALOG_PORT, for example `make run ECATALOG_PORT={free_base(cluster.gateway)}`"
            )


def free_base(after: int) -> int:
    """Find the next base port above ``after`` at which every port is free."""
    for base in range(after + 100, components.HIGHEST_PORT - 100, 100):
        if all(map(is_free, _ports(components.load(base)).values())):
            return base
    raise ClusterError(f"no free range of ports above {after}")


def _ports(cluster: Components) -> Mapping[str, int]:
    return {**cluster.listening(), "onec": cluster.onec}


def is_free(port: int) -> bool:
    """Return whether a server could listen on ``port``, on any address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def _owner(port: int) -> str:
    try:
        listening = {each.laddr[1:]: each.pid for each in psutil.net_connections("tcp") if each.status == "LISTEN"}
        if pid := listening.get((port,)):
            return f" by {psutil.Process(pid).name()} (process {pid})"
    except psutil.Error:
        pass  # other users' processes are hidden from an ordinary user
    return ""
