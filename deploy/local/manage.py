"""``python manage.py`` administers a local cluster here."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import Annotated

import typer
from ecatalog.commands.root import run
from ecatalog.commands.services import Services

from deploy.backup.commands import commands
from deploy.local import binaries, components, environment, preflight, probes, state
from deploy.local.demo.__main__ import main as fill
from deploy.local.directory import DataDirectory
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords
from deploy.local.problems import ClusterError

app = typer.Typer()

RESTART_SECONDS = 90.0
LOOK_SECONDS = 0.2


def local() -> Environment:
    """Return the environment of the local system that ``ECATALOG_PORT`` and ``ECATALOG_DATA`` name.

    Raises ClusterError when it does not run.
    """
    outer = environment.outer(binaries.ROOT / ".env")
    directory = environment.data_directory(outer)
    if preflight.running_supervisor(directory) is None:
        raise ClusterError(f"nothing runs on {directory.root}: start it with `make run`")
    cluster = components.load(environment.base_port(outer))
    return Environment.of(cluster, Passwords(directory.secrets), directory.root, outer)


def environment_of(service_name: str) -> Mapping[str, str]:
    """Return the variables of a process of a service."""
    found = local()
    service = next(each for each in found.components.services if each.name == service_name)
    return found.service(service, service.api_port)


def restart() -> None:
    """Start every process of every service again, and wait until all is well."""
    found = local()
    directory = DataDirectory(found.data)
    names = [f"{service.name}-{process}" for service in found.components.services for process in ("api", "worker")]
    before = {name: _pid(directory, name) for name in names}
    for pid in before.values():
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
    typer.echo("The services start again.")
    deadline = time.monotonic() + RESTART_SECONDS
    while any(_pid(directory, name) in {None, pid} for name, pid in before.items()) or not _is_well(found):
        if time.monotonic() > deadline:
            raise ClusterError("not every service is well again: see `python manage.py health`")
        time.sleep(LOOK_SECONDS)


def _pid(directory: DataDirectory, name: str) -> int | None:
    current = state.read(directory)
    return current.processes[name].pid if current and name in current.processes else None


def _is_well(found: Environment) -> bool:
    return asyncio.run(probes.status(found.components.gateway, "/api/health/")) == 200


@app.command()
def health() -> None:
    """Show the state of every service; the exit code says whether all are well."""
    answer = asyncio.run(probes.get(local().components.gateway, "/api/health/"))
    if answer is None:
        raise ClusterError("the gateway does not answer")
    typer.echo(json.dumps(json.loads(answer[1]), indent=2, ensure_ascii=False))
    raise typer.Exit(answer[0] != 200)


@app.command()
def demo(
    username: Annotated[str, typer.Option(help="An administrator.")] = "admin",
    password: Annotated[str, typer.Option(help="The administrator's password.")] = "admin123",  # noqa: S107 - of the development administrator
) -> None:
    """Fill the running system with the products and clients of a simulated 1C."""
    raise typer.Exit(fill(["--username", username, "--password", password]))


if __name__ == "__main__":
    try:
        run(Services(environment_of), app, commands(restart))
    except ClusterError as problem:
        sys.exit(f"E-Catalog: {problem}")
