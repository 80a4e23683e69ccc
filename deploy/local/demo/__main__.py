"""``make demo``: a simulated 1C whose products and clients are synced, and one that sends its products by itself."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from deploy.local import binaries, components, environment, preflight, simulated, state
from deploy.local.demo.api import Api, RefusedError
from deploy.local.demo.exchange import ExchangeDemo
from deploy.local.demo.fill import Demo
from deploy.local.demo.report import Report
from deploy.local.directory import DataDirectory
from deploy.local.problems import ClusterError

STARTED_WITHIN = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the cluster; returns the exit code. ``arguments`` are those of the command line if left out."""
    options = _options(arguments)
    try:
        _run(options.username, options.password)
    except (ClusterError, RefusedError, TimeoutError, httpx.TransportError) as problem:
        print(f"E-Catalog: {problem}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.demo", description=__doc__)
    parser.add_argument("--username", default="admin")
    parser.add_argument("--password", default="admin123")
    return parser.parse_args(arguments)


def _run(username: str, password: str) -> None:
    outer = environment.outer(binaries.ROOT / ".env")
    directory = DataDirectory(Path(binaries.ROOT, outer.get("ECATALOG_DATA", ".data")))
    if preflight.running_supervisor(directory) is None:
        raise ClusterError(f"nothing runs on {directory.root}: start it with `make run`")
    current = state.read(directory)
    if current is None or not current.healthy:
        raise ClusterError("the system is still starting: try again when it is healthy")
    cluster = components.load(current.port)
    simulated.ask_for(directory)
    _wait_for_onec(directory)
    api = Api(f"http://localhost:{cluster.gateway}")
    try:
        api.sign_in(username, password)
        report = Report(sys.stdout)
        Demo(api, report, simulated.address(cluster)).fill()
        ExchangeDemo(api, report).fill()
    finally:
        api.close()


def _wait_for_onec(directory: DataDirectory) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline:
        current = state.read(directory)
        if current is not None and "onec" in current.processes and current.processes["onec"].state == "ready":
            return
        time.sleep(0.1)
    raise ClusterError(f"the simulated 1C does not start; it said more in {directory.log / 'onec.log'}")


if __name__ == "__main__":
    sys.exit(main())
