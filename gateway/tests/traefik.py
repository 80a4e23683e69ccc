"""A real Traefik with the gateway's own configuration."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from ecatalog.testing.ports import free_port

from .client import Answer, Headers, send

FOLDER = Path(__file__).parent.parent


def until(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """Waits for a condition and gives what it gave; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return outcome


class Traefik:
    """One gateway with its variables. ``folder`` keeps its log and its state.

    ``trusting`` makes it believe what a proxy on this machine says of its clients; ``program`` is where its
    configuration and its plugin lie.
    """

    def __init__(
        self, folder: Path, variables: dict[str, str], *, trusting: bool = False, program: Path = FOLDER
    ) -> None:
        self.port, self.internal_port = free_port(), free_port()
        self.log = folder / "traefik.log"
        static = folder / "traefik.yml"
        static.write_text(json.dumps(self._static(trusting)))  # JSON is YAML too
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).parent / "traefik", f"--configFile={static}"],
                cwd=program, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "GATEWAY_STATE": str(folder / "state"), **variables},
            )  # fmt: skip
        try:
            until(self._serves, 20)
        except BaseException:
            self.stop()
            raise

    def _static(self, trusting: bool) -> dict[str, Any]:
        """The gateway's own static configuration, on addresses of our own."""
        static: dict[str, Any] = yaml.safe_load((FOLDER / "traefik.yml").read_text(encoding="utf-8"))
        static["entryPoints"]["web"]["address"] = f"127.0.0.1:{self.port}"
        static["entryPoints"]["internal"]["address"] = f"127.0.0.1:{self.internal_port}"
        if trusting:
            static["entryPoints"]["web"]["forwardedHeaders"] = {"trustedIPs": ["127.0.0.0/8"]}
        return static

    def _serves(self) -> bool:
        """Whether the routes are loaded: before that, Traefik's 404 is plain text."""
        assert self._process.poll() is None, self.log.read_text()
        try:
            return self.get("/api/v1/").headers["Content-Type"] == "application/json"
        except OSError:
            return False

    def send(self, method: str, path: str, *headers: tuple[str, str], **more: Any) -> Answer:
        return send(self.port, method, path, headers, **more)

    def get(self, path: str, *headers: tuple[str, str], **more: Any) -> Answer:
        return send(self.port, "GET", path, headers, **more)

    def own(self, path: str, headers: Headers = ()) -> Answer:
        """An answer of the internal entry point."""
        return send(self.internal_port, "GET", path, headers)

    def lines(self) -> list[dict[str, Any]]:
        """Everything it has logged, the access log included."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    @property
    def megabytes(self) -> int:
        """What it keeps in memory; anonymous pages only, since those of its program come and go."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(r"RssAnon:\s+(\d+) kB", status)[0]) >> 10

    def drain(self) -> int:
        """Ask it to end, as at an update; what it answers is waited for. Gives the exit code."""
        self._process.terminate()
        return self._process.wait(20)

    def wait_until_closed(self) -> None:
        """Wait until it takes no new connection."""

        def is_closed() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) != 0

        until(is_closed)

    def stop(self) -> None:
        """End it at once: draining waits for the first probe of the services, up to two seconds."""
        self._process.kill()
        self._process.wait()


def copied(folder: Path) -> Path:
    """A copy of the configuration and the plugin below ``folder``, which a test may change."""
    program = folder / "program"
    shutil.copytree(FOLDER / "plugins-local", program / "plugins-local")
    for name in ("middlewares.yml", "routes.yml"):
        shutil.copy(FOLDER / name, program)
    return program


def environment(services: dict[str, str], **other: str) -> dict[str, str]:
    """The variables of a gateway before ``services`` (addresses by name), without limits unless ``other`` says so."""
    limits = {"rate_limit_anon": "off", "rate_limit_user": "off"} | other
    addresses = {f"{name}_url": address for name, address in services.items()}
    return {name.upper(): value for name, value in (addresses | limits).items()}
