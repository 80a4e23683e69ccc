"""The most that could be reached here and now: a second gateway, configured as the first, before a trivial backend."""

import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from deploy.local import binaries, components, gateway
from deploy.local.cluster import Cluster, free_port
from deploy.local.environment import LOOPBACK, Environment
from deploy.local.kernel import die_with_parent
from deploy.local.passwords import Passwords
from tests.load import trivial
from tests.load.rates import Rate, measure
from tests.load.requests import Encoder, Load

PATH = "/api/v1/nomenklatura/"
ADDRESSES = ("CATALOG_URL", "INTEGRATION_URL", "MEDIA_URL", "LOCATION_URL", "PORTAL_URL")


class Ceiling:
    """A bare gateway that checks the same tokens."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._load = Load([Encoder(port, token).get(PATH)], marker=b'"answer"', rows=1)

    def measure(self) -> Rate:
        return measure(self._port, self._load, runs=1)


@contextmanager
def bare_gateway(cluster: Cluster, token: str) -> Iterator[Ceiling]:
    """Runs while the context lasts; its keys come from the auth service of ``cluster``."""
    base = free_port()
    backend = base + 1
    with tempfile.TemporaryDirectory(prefix="ecatalog-ceiling-") as folder, ExitStack() as stack:
        stack.enter_context(_running([sys.executable, "-m", trivial.__name__, str(backend)], dict(os.environ)))
        program = gateway.program(_environment(cluster, base, Path(folder)))
        addresses = dict.fromkeys(ADDRESSES, f"http://{LOOPBACK}:{backend}")
        own = {"AUTH_URL": cluster.environment.common()["AUTH_URL"], **addresses}
        stack.enter_context(_running(list(program.command), {**program.environment, **own}, program.directory))
        cluster.wait(lambda: _answers(base, token), within=30)
        yield Ceiling(base, token)


def _environment(cluster: Cluster, base: int, folder: Path) -> Environment:
    limits = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}
    passwords = Passwords(cluster.directory.secrets)
    return Environment.of(components.load(base), passwords, folder, {**os.environ, **limits})


@contextmanager
def _running(command: list[str], environment: dict[str, str], folder: Path = binaries.ROOT) -> Iterator[None]:
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


def _answers(port: int, token: str) -> bool:
    """Whether the gateway passes this token on, for which it needs its keys."""
    url = f"http://{LOOPBACK}:{port}{PATH}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - http
            return bool(answer.read() == trivial.BODY)
    except (OSError, urllib.error.URLError):
        return False
