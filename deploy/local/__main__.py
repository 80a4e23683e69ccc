"""The local cluster: ``python -m deploy.local [up|status|stop|reset]``."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from deploy.local import binaries, environment, place, preflight, probes, state, up
from deploy.local.directory import DataDirectory
from deploy.local.problems import ClusterError

STOP_WITHIN = 20.0


def main() -> int:
    options = _options()
    outer = environment.outer(options.env_file)
    directory = environment.data_directory(outer)
    try:
        if options.command == "up":
            up.run(environment.base_port(outer), directory, outer, with_parent=options.with_parent)
            return 0
        return {"status": _status, "stop": _stop, "reset": _reset}[options.command](directory)
    except ClusterError as problem:
        print(f"E-Catalog: {problem}", file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", nargs="?", default="up", choices=["up", "status", "stop", "reset"])
    parser.add_argument("--with-parent", action="store_true", help="stop when the calling program is gone")
    parser.add_argument("--env-file", type=Path, default=binaries.ROOT / ".env", help="variables to start with")
    return parser.parse_args()


def _status(directory: DataDirectory) -> int:
    """Print a table; the exit code is 0 only when the cluster is healthy."""
    current = state.read(directory)
    if preflight.running_supervisor(directory) is None or current is None:
        print(f"nothing runs on {directory.root}")
        return 1
    for name, process in current.processes.items():
        print(f"{name:<20} {process.state:<11} process {process.pid or '-':<8} restarts {process.restarts}")
    health = asyncio.run(probes.status(current.port, "/api/health/"))
    print(f"http://localhost:{current.port}/api/health/ answers {health or 'not at all'}")
    return 0 if health == 200 else 1


def _stop(directory: DataDirectory) -> int:
    supervisor = preflight.running_supervisor(directory)
    if supervisor is None:
        print(f"nothing runs on {directory.root}")
        return 0
    os.kill(supervisor, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN
    while preflight.running_supervisor(directory) is not None:
        if time.monotonic() > deadline:
            raise ClusterError(f"the cluster on {directory.root} (process {supervisor}) did not stop")
        time.sleep(0.1)
    return 0


def _reset(directory: DataDirectory) -> int:
    """Delete all state of the cluster."""
    supervisor = preflight.running_supervisor(directory)
    if supervisor is not None:
        raise ClusterError(f"a cluster runs on {directory.root} (process {supervisor}): stop it with `make stop`")
    place.remove(directory)
    shutil.rmtree(directory.root, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
