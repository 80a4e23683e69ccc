"""Processes that tests start, kill and freeze."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from ecatalog.core.settings import Settings
from ecatalog.testing.client import until
from ecatalog.testing.ports import free_port

READY = "ready"
KILLS = 12
SECONDS_BETWEEN_KILLS = 0.35


class Process:
    """A Python module that runs by itself; ``log`` gets what it writes to its standard error.

    A module that ``says_ready`` does so when it is about to work, and is waited for.
    """

    def __init__(
        self, *command: str, variables: Mapping[str, str], log: Path | None = None, says_ready: bool = False
    ) -> None:
        environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(free_port()), **variables}
        with (log or Path(os.devnull)).open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command], env=environment, stdout=subprocess.PIPE if says_ready else None,
                stderr=errors if log else None,
            )  # fmt: skip
        if self._process.stdout and self._process.stdout.readline() != f"{READY}\n".encode():
            self.kill()
            raise RuntimeError(f"{' '.join(command)} does not start")

    @property
    def is_frozen(self) -> bool:
        state = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "T"

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._wait()

    def stop(self) -> int:
        """Ask it to end, and wait until it has; its status."""
        self._process.terminate()
        return self._wait(30)

    def _wait(self, seconds: float | None = None) -> int:
        status = self._process.wait(seconds)
        if self._process.stdout:
            self._process.stdout.close()
        return status


class Workers:
    """Processes of one kind. Several can be started at the same time."""

    def __init__(self, *command: str, variables: Mapping[str, str], says_ready: bool) -> None:
        self._command = command
        self._variables = variables
        self._says_ready = says_ready
        self.running: list[Process] = []

    async def start(self) -> Process:
        process = await asyncio.to_thread(
            Process, *self._command, variables=self._variables, says_ready=self._says_ready
        )
        self.running.append(process)
        return process

    def kill(self, process: Process) -> None:
        self.running.remove(process)
        process.kill()

    def kill_all(self) -> None:
        for process in list(self.running):
            self.kill(process)

    async def kill_at_random(self, seed: int) -> None:
        """Kill one after the other, whichever it is, and start another one for each."""
        chance = random.Random(seed)  # noqa: S311 - nothing secret
        starting = []
        for _ in range(KILLS):
            await until(lambda: self.running)
            self.kill(chance.choice(self.running))
            starting.append(asyncio.create_task(self.start()))
            await asyncio.sleep(SECONDS_BETWEEN_KILLS)
        await asyncio.gather(*starting)


@contextmanager
def started_workers(*command: str, variables: Mapping[str, str], says_ready: bool = False) -> Iterator[Workers]:
    """Yield workers that do not outlive the context."""
    started = Workers(*command, variables=variables, says_ready=says_ready)
    try:
        yield started
    finally:
        started.kill_all()


@contextmanager
def impatient_workers(service: str, settings: Settings) -> Iterator[Workers]:
    """Yield workers of a service whose claims and transactions end soon when nothing is heard of them."""
    command = ("ecatalog.testing.impatient_worker", service)
    with started_workers(*command, variables=variables_of(settings), says_ready=True) as started:
        yield started


def variables_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which a service has these settings."""
    values = {name.upper(): value for name, value in settings if name in settings.model_fields_set}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }
