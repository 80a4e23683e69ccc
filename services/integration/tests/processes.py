"""The worker as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ecatalog.testing.ports import free_port
from integration.settings import IntegrationSettings


class WorkerProcess:
    """A worker that can be killed and frozen."""

    def __init__(self, settings: IntegrationSettings, log: Path) -> None:
        environment = {
            **os.environ, "DATABASE_URL": str(settings.database_url), "NATS_URL": settings.nats_url,
            "PORT": str(free_port()), "LOG_LEVEL": "DEBUG",
        }  # fmt: skip
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "integration", "worker"], env=environment, stderr=file
            )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(15)


StartWorker = Callable[[str], WorkerProcess]
