"""Every command over all services, where each is a container: ``docker compose … run --rm manage --help``.

The variables that services do not share come with a service's name before them, such as ``AUTH_DATABASE_URL``.
"""

import os
from collections.abc import Mapping

import typer
from ecatalog.commands.root import run
from ecatalog.commands.services import Services

from deploy.backup.commands import commands

OWN = ("DATABASE_URL", "SECRET_KEY")


def environment_of(service: str) -> Mapping[str, str]:
    """Return the variables that only this service gets."""
    prefix = service.upper()
    return {name: os.environ[f"{prefix}_{name}"] for name in OWN if f"{prefix}_{name}" in os.environ}


def ask_for_restart() -> None:
    """A container cannot start the others again."""
    typer.echo("Start all services again when this is done: docker compose restart")


if __name__ == "__main__":
    run(Services(environment_of), commands(ask_for_restart))
