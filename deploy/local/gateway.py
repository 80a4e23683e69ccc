"""Traefik, with the configuration in ``gateway/`` on the addresses of this cluster."""

import copy
import json
import socket
from pathlib import Path
from typing import Any

import yaml

from deploy.local import binaries, probes
from deploy.local.components import Components
from deploy.local.environment import LOOPBACK, Environment
from deploy.local.programs import Program
from deploy.local.render import WARNINGS

FOLDER = binaries.ROOT / "gateway"
LOOPBACK_6 = "::1"


def program(environment: Environment) -> Program:
    """The gateway. It looks for its plugin and its routes below the working directory."""
    state = environment.data / "gateway"
    state.mkdir(mode=0o700, exist_ok=True)
    return Program(
        name="gateway",
        command=[binaries.script("traefik"), f"--configFile={_configuration(environment, state)}"],
        environment={
            "GOGC": "50",
            "GOMEMLIMIT": "192MiB",
            **environment.common(),
            "GATEWAY_STATE": str(state),
        },
        directory=FOLDER,
        grace=3.0,
        shown=WARNINGS,  # the rest is the access log
    )


async def is_ready(components: Components) -> bool:
    """Whether Traefik has read its configuration."""
    return await probes.status(components.gateway_internal, "/ping") == 200


def addresses(host: str, port: int) -> list[str]:
    """Where the gateway listens: on loopback alone, as ``localhost`` of either family, unless ``host`` says more."""
    if host:
        return [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    return [f"{LOOPBACK}:{port}", *([f"[{LOOPBACK_6}]:{port}"] if _has_ipv6() else [])]


def _configuration(environment: Environment, folder: Path) -> Path:
    static: dict[str, Any] = yaml.safe_load((FOLDER / "traefik.yml").read_text(encoding="utf-8"))
    points = static["entryPoints"]
    points["internal"]["address"] = f"{LOOPBACK}:{environment.components.gateway_internal}"
    host = environment.outer.get("ECATALOG_HOST", "")
    public = points.pop("web")
    for number, address in enumerate(addresses(host, environment.components.gateway), start=1):
        points[f"web{number}"] = {**copy.deepcopy(public), "address": address}
    file = folder / "traefik.yml"
    file.write_text(json.dumps(static, indent=1), encoding="utf-8")  # JSON is YAML too
    return file


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((LOOPBACK_6, 0))
    except OSError:
        return False
    return True
