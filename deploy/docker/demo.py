"""Does the work of ``make demo`` in containers: serves a simulated 1C, and fills the system from it once it answers."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from deploy.local.demo.api import Api, RefusedError
from deploy.local.demo.exchange import ExchangeDemo
from deploy.local.demo.fill import Demo
from deploy.local.demo.report import Report
from deploy.local.problems import ClusterError
from deploy.local.simulated import CLIENTS, PASSWORD, PRODUCTS, USER

PORT = int(os.environ["PORT"])
GATEWAY = os.environ["GATEWAY_URL"]
WSDL = f"http://onec:{PORT}/base/ws/Catalog.1cws?wsdl"
FILLED = Path("/tmp/filled")  # noqa: S108 - a container's own; the check of its health looks for it
WITHIN = 120.0


def main() -> int:
    onec = subprocess.Popen([
        *(sys.executable, "-m", "deploy.local.onec", "--host", "0.0.0.0", "--port", str(PORT)),  # noqa: S104 - in a container
        *("--generate", str(PRODUCTS), "--generate-clients", str(CLIENTS), "--user", USER, "--password", PASSWORD),
    ])  # fmt: skip
    try:
        wait_for_onec()
        fill()
    except (ClusterError, RefusedError, TimeoutError, httpx.TransportError) as problem:
        onec.kill()
        sys.exit(f"E-Catalog: {problem}")
    FILLED.touch()
    return onec.wait()


def wait_for_onec() -> None:
    deadline = time.monotonic() + WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def fill() -> None:
    api = Api(GATEWAY)
    try:
        api.sign_in(os.environ["DEMO_USERNAME"], os.environ["DEMO_PASSWORD"])
        report = Report(sys.stdout)
        Demo(api, report, WSDL).fill()
        ExchangeDemo(api, report).fill()
    finally:
        api.close()


if __name__ == "__main__":
    sys.exit(main())
