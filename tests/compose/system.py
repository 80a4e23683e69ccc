"""The system in containers, as one project of docker compose."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import binaries

ROOT = binaries.ROOT
LOOPBACK = "127.0.0.1"
STARTED_WITHIN = 300.0


@dataclass(frozen=True)
class Container:
    """What Docker tells about one container."""

    id: str
    service: str
    number: int
    pid: int
    state: str
    health: str
    started: str
    address: str
    user: str

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Container":
        labels, state = raw["Config"]["Labels"], raw["State"]
        networks = raw["NetworkSettings"]["Networks"].values()
        return cls(
            id=raw["Id"],
            service=labels["com.docker.compose.service"],
            number=int(labels["com.docker.compose.container-number"]),
            pid=state["Pid"],
            state=state["Status"],
            health=state.get("Health", {}).get("Status", "none"),
            started=state["StartedAt"],
            address=next((network["IPAddress"] for network in networks), ""),
            user=raw["Config"]["User"],
        )

    @property
    def is_well(self) -> bool:
        return self.state == "running" and self.health == "healthy"


class System:
    """A project that is named ``name`` and published on ``port``; ``variables`` are what a ``.env`` would hold."""

    def __init__(self, name: str, port: int, variables: Mapping[str, str]) -> None:
        self.name, self.port = name, port
        own = {"COMPOSE_PROJECT_NAME": name, "ECATALOG_PORT": str(port), "COMPOSE_PROGRESS": "quiet"}
        self._environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables, **own}

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def machine(self) -> str:
        """The address at which containers reach this machine."""
        asked = ("--format", "{{(index .IPAM.Config 0).Gateway}}")
        return docker("network", "inspect", f"{self.name}_default", *asked).strip()

    def compose(self, *arguments: str, within: float = STARTED_WITHIN) -> str:
        """What ``docker compose`` printed. Raises RuntimeError with both outputs when it fails."""
        done = self.try_compose(*arguments, within=within)
        if done.returncode != 0:
            raise RuntimeError(f"docker compose {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def try_compose(self, *arguments: str, within: float = STARTED_WITHIN) -> subprocess.CompletedProcess[str]:
        # No .env of a developer: only what the test says.
        command = ["docker", "compose", "--env-file", os.devnull, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=within, check=False
        )

    def execute(self, service: str, *command: str, index: int = 1) -> str:
        """What a command said in a container of ``service``."""
        return self.compose("exec", "-T", "--index", str(index), service, *command)

    def containers(self) -> list[Container]:
        """All that run or have run, of every service."""
        ids = docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={self.name}").split()
        return [Container.read(raw) for raw in json.loads(docker("inspect", *ids))] if ids else []

    def running(self) -> list[Container]:
        """Those that are meant to run all the time."""
        return [each for each in self.containers() if each.state != "exited"]

    def container(self, service: str, number: int = 1) -> Container:
        return next(each for each in self.containers() if (each.service, each.number) == (service, number))

    def kill(self, victim: Container) -> None:
        """``kill -9`` of the container's first process, as the system itself might do it."""
        os.kill(victim.pid, signal.SIGKILL)

    def wait_restarted(self, victim: Container, within: float = 180.0) -> None:
        """Wait until the container is well again with another process."""

        def is_another() -> bool:
            now = next(each for each in self.containers() if each.id == victim.id)
            return now.is_well and now.started != victim.started

        wait(is_another, within, f"{victim.service} came back")

    def is_healthy(self) -> bool:
        """Whether the gateway says that every process of every service is ready."""
        try:
            with urllib.request.urlopen(f"{self.base_url}/api/health/", timeout=5) as answer:  # noqa: S310 - http
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def wait_healthy(self, within: float = 180.0) -> None:
        wait(self.is_healthy, within, "everything is healthy")

    def remove(self) -> None:
        """Stop everything and delete its data; images stay."""
        self.compose("--profile", "demo", "down", "--volumes", "--remove-orphans", "--timeout", "5")


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=True).stdout


def wait(condition: Callable[[], bool], within: float, what: str) -> None:
    """Raises TimeoutError when ``condition`` does not come to hold."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within:g} s: {what}")
        time.sleep(0.1)


def obstacle() -> str:
    """Why containers cannot be tried here; empty when they can."""
    if os.geteuid() != 0:
        return "only root may kill the processes of containers"
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        try:
            subprocess.run(command, capture_output=True, timeout=30, check=True)
        except (OSError, subprocess.SubprocessError):
            return f"`{' '.join(command)}` does not work here"
    return ""


def env_file(folder: Path, variables: Mapping[str, str]) -> Path:
    file = folder / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")
    return file


def names(containers: Iterable[Container]) -> set[str]:
    return {each.service for each in containers}
