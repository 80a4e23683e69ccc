"""Traefik runs with the configuration in ``gateway/`` on the addresses of this cluster."""

import copy
import json
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import yaml

from deploy.local import binaries, probes
from deploy.local.environment import LOOPBACK, Environment
from deploy.local.problems import ClusterError
from deploy.local.programs import Program
from deploy.local.render import WARNINGS

FOLDER = binaries.ROOT / "gateway"
LOOPBACK_6 = "::1"
UNKNOWN_PATH = "/api/v1/nothing/"
OPEN_DEVELOPMENT = "ECATALOG_OPEN_DEVELOPMENT"


def program(environment: Environment) -> Program:
    """Return the program of the gateway, which looks for its plugin and its routes below the working directory."""
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


async def is_ready(environment: Environment) -> bool:
    """Return whether our routes answer clients: before it has read them, Traefik says 404 in plain text.

    A gateway that does not listen on loopback is ready when Traefik itself says so.
    """
    components = environment.components
    if await probes.status(components.gateway_internal, "/ping") != 200:
        return False
    answer = await probes.get(components.gateway, UNKNOWN_PATH)
    if answer is None:
        return not _is_loopback(_host(environment))
    return answer[1].startswith(b"{")


def addresses(host: str, port: int) -> list[str]:
    """Return the addresses of the gateway: loopback, as ``localhost`` of either family, unless ``host`` is set."""
    if host:
        return [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    return [f"{LOOPBACK}:{port}", *([f"[{LOOPBACK_6}]:{port}"] if _has_ipv6() else [])]


def require_secrets_of_its_own(outer: Mapping[str, str]) -> None:
    """Raise ClusterError when others could reach a system whose administrator's password is public."""
    host = outer.get("ECATALOG_HOST", "")
    known = outer.get("ECATALOG_ENV", "development") == "development"
    if known and not _is_loopback(host) and outer.get(OPEN_DEVELOPMENT) != "yes":
        raise ClusterError(
            f"ECATALOG_HOST={host} lets others reach a development system, whose passwords everybody knows: "
            f"set ECATALOG_ENV=production, or {OPEN_DEVELOPMENT}=yes if that is meant"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host in {"", "localhost"} or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _host(environment: Environment) -> str:
    return environment.outer.get("ECATALOG_HOST", "")


def _trusting(point: dict[str, Any], proxies: str) -> dict[str, Any]:
    """Return the entry point, which also trusts the proxies of a list that is separated by commas."""
    named = [each.strip() for each in proxies.split(",") if each.strip()]
    if not named:
        return point
    headers = point.get("forwardedHeaders", {})
    return point | {"forwardedHeaders": headers | {"trustedIPs": [*headers.get("trustedIPs", []), *named]}}


def _configuration(environment: Environment, folder: Path) -> Path:
    static: dict[str, Any] = yaml.safe_load((FOLDER / "traefik.yml").read_text(encoding="utf-8"))
    points = static["entryPoints"]
    points["internal"]["address"] = f"{LOOPBACK}:{environment.components.gateway_internal}"
    public = _trusting(points.pop("web"), environment.outer.get("TRUSTED_PROXIES", ""))
    for number, address in enumerate(addresses(_host(environment), environment.components.gateway), start=1):
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
