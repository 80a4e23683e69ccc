"""A further gateway, configured as that of a cluster and checking the same tokens."""

import os
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from deploy.local import binaries, components, gateway
from deploy.local.cluster import Cluster, free_port
from deploy.local.environment import LOOPBACK, Environment
from deploy.local.kernel import die_with_parent
from deploy.local.passwords import Passwords


@contextmanager
def further_gateway(cluster: Cluster, variables: Mapping[str, str]) -> Iterator[str]:
    """The address of a gateway before the services of ``cluster``; ``variables`` are put over what it was given."""
    base = free_port()
    with tempfile.TemporaryDirectory(prefix="ecatalog-gateway-") as folder:
        passwords = Passwords(cluster.directory.secrets)
        program = gateway.program(Environment.of(components.load(base), passwords, Path(folder), os.environ))
        services = {name: value for name, value in cluster.environment.common().items() if name.endswith("_URL")}
        own = {**program.environment, **services, **variables}
        url = f"http://{LOOPBACK}:{base}"
        with started(program.command, own, program.directory):
            cluster.wait(lambda: _is_there(url), within=30)
            yield url


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], folder: Path = binaries.ROOT) -> Iterator[None]:
    """A silent program that runs while the context lasts."""
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGKILL),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _is_there(url: str) -> bool:
    """Whether it passes on what no limit counts."""
    try:
        with urllib.request.urlopen(f"{url}/api/health/", timeout=5) as answer:  # noqa: S310 - http
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
