"""``make run`` on free ports, a sign-in and a clean stop are the shortest proof that the system runs."""

import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from deploy.local.cluster import Cluster

ADMINISTRATOR = {"username": "admin", "password": "admin123"}


def main() -> int:
    """Print each step with its time; the exit code is 0 when all went well."""
    with tempfile.TemporaryDirectory(prefix="ecatalog-smoke-") as folder:
        cluster = Cluster(Path(folder) / "data", command=("make", "run"))
        try:
            _check(cluster)
        except (OSError, TimeoutError, RuntimeError) as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
        finally:
            cluster.remove()
    return 0


def _check(cluster: Cluster) -> None:
    began = time.monotonic()
    cluster.start()
    print(f"healthy at {cluster.base_url} after {time.monotonic() - began:.1f} s")
    pids = [cluster.pid(name) for name in cluster.processes()]
    print(f"signed in as {_sign_in(cluster.base_url)}")
    began = time.monotonic()
    cluster.stop()
    print(f"stopped after {time.monotonic() - began:.1f} s")
    if left := [pid for pid in pids if psutil.pid_exists(pid)]:
        raise RuntimeError(f"processes {left} are still there")


def _sign_in(base_url: str) -> str:
    request = urllib.request.Request(  # noqa: S310 - our own http address
        f"{base_url}/api/token/",
        data=json.dumps(ADMINISTRATOR).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own http address
        if "access" not in json.load(answer):
            raise RuntimeError("the answer holds no access token")
    return ADMINISTRATOR["username"]


if __name__ == "__main__":
    sys.exit(main())
