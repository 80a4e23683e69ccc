"""docker-compose.yml as it is written, without Docker."""

import re
from functools import cache
from typing import Any

import yaml

from deploy.local import binaries

FILE = binaries.ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@cache
def composition() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def services() -> dict[str, dict[str, Any]]:
    return dict(composition()["services"])


def environment(service: str) -> dict[str, str | None]:
    """The variables of a service as they are written; None for one that is only handed on."""
    return dict(services()[service].get("environment", {}))


def defaults(service: str) -> dict[str, str]:
    """What a service gets where nobody has set anything."""
    given = {name: value for name, value in environment(service).items() if value is not None}
    return {name: _VARIABLE.sub(lambda match: match[2] or "", value) for name, value in given.items()}


def asked_for() -> dict[str, str]:
    """Every variable that the file takes from outside, with its default."""
    text = FILE.read_text(encoding="utf-8")
    handed_on = {name for service in services() for name, value in environment(service).items() if value is None}
    return {name: default or "" for name, default in _VARIABLE.findall(text)} | dict.fromkeys(handed_on, "")
