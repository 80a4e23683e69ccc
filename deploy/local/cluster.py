"""Tests run a whole cluster, with the supervisor in a process of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local import binaries, components, place, preflight, state
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.environment import LOOPBACK, Environment
from deploy.local.passwords import Passwords

SUPERVISOR = (sys.executable, "-m", "deploy.local", "up", "--with-parent", "--env-file", os.devnull)
# Below the range from which Linux takes ports for outgoing connections.
_FIRST_BASE, _BASES, _STEP = 10_000, 95, 100
_TURN = 37  # shares no divisor with the number of bases, so that all of them have their turn
_turn = os.getpid()


class Cluster:
    """Starts and stops one cluster, and finds its processes.

    ``environment`` overrides the caller's; a developer's ``.env`` is not read. Waiting raises TimeoutError with
    the end of the supervisor's output.
    """

    def __init__(
        self,
        data: Path,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = SUPERVISOR,
    ) -> None:
        self._command = command
        self.port = port or free_port()
        self.directory = DataDirectory(data)
        self._variables = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def components(self) -> Components:
        return components.load(self.port)

    @property
    def environment(self) -> Environment:
        """Return the environment of the processes: ``environment.service(…)``, ``environment.nats_url()``."""
        outer = {**os.environ, **self._variables}
        return Environment.of(self.components, Passwords(self.directory.secrets), self.directory.root, outer)

    def start(self, within: float = 180.0) -> None:
        """Start the supervisor and wait until everything is healthy."""
        self.launch()
        self.wait(self.is_healthy, within)

    def launch(self) -> None:
        """Start the supervisor and wait for nothing."""
        self.directory.root.mkdir(parents=True, exist_ok=True)
        own = {"ECATALOG_PORT": str(self.port), "ECATALOG_DATA": str(self.directory.root)}
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=binaries.ROOT,
                env={**os.environ, **self._variables, **own},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, within: float = 15.0) -> int:
        """Stop everything as SIGTERM does; returns the exit code of the supervisor."""
        self._supervisor.terminate()
        return self._supervisor.wait(within)

    def kill_supervisor(self) -> None:
        """Kill the supervisor with SIGKILL, and every process with it; ``start`` brings them back."""
        self._supervisor.kill()
        self._supervisor.wait()

    def remove(self) -> None:
        """Stop all processes and delete all data."""
        if self._process is not None and self._process.poll() is None:
            self.stop()
        place.remove(self.directory)

    @property
    def supervisor_pid(self) -> int:
        return self._supervisor.pid

    @property
    def _supervisor(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the cluster is not started")
        return self._process

    @property
    def output(self) -> Path:
        """Return the output of the supervisor."""
        return self.directory.root / "output"

    def log(self, name: str) -> Path:
        """Return the log of the process ``name``."""
        return self.directory.log / f"{name}.log"

    def processes(self) -> dict[str, state.ProcessState]:
        """Return all processes by name: pid, state and number of restarts."""
        current = state.read(self.directory)
        return current.processes if current else {}

    def pid(self, name: str) -> int:
        """Return the pid of the process ``name``; raises KeyError when there is none just now."""
        pid = self.processes()[name].pid
        if pid is None:
            raise KeyError(f"{name} does not run")
        return pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to the process ``name``; returns its pid."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_restarted(self, name: str, old_pid: int, within: float = 30.0) -> None:
        """Wait until ``name`` is ready again as another process than ``old_pid``."""

        def is_another() -> bool:
            now = self.processes()[name]
            return now.state == "ready" and now.pid != old_pid

        self.wait(is_another, within)

    def is_healthy(self) -> bool:
        """Return whether the gateway says that every process of every service is ready."""
        try:
            with urllib.request.urlopen(f"{self.base_url}/api/health/", timeout=5) as answer:  # noqa: S310 - http
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def wait(self, condition: Callable[[], bool], within: float) -> None:
        """Wait until ``condition`` holds. Raises TimeoutError, or RuntimeError when the supervisor ends meanwhile."""
        deadline = time.monotonic() + within
        while not condition():
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"the cluster ended: {self._last_output()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {within:g} s; the cluster said: {self._last_output()}")
            time.sleep(0.05)

    def _last_output(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")[-3000:]


@contextmanager
def running(data: Path, port: int | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run a healthy cluster on ``data``, and delete it with all its data afterwards."""
    cluster = Cluster(data, port, environment)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def free_port() -> int:
    """Find a base port at which all ports of a cluster are free, as a rule another one at every call.

    Processes that begin at the same moment, whose numbers are near each other, are given different ones.
    """
    global _turn
    _turn += _TURN
    return preflight.free_base(_FIRST_BASE + _turn % _BASES * _STEP)
