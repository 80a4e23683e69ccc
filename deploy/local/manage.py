"""Administration: what ``python manage.py`` offers beside a local cluster."""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Annotated

import typer
from ecatalog.commands.root import run
from ecatalog.commands.services import Services

from deploy.local import binaries, components, environment, preflight, probes
from deploy.local.demo.__main__ import main as fill
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords
from deploy.local.problems import ClusterError

app = typer.Typer()


def local() -> Environment:
    """The environment of the local system that ECATALOG_PORT and ECATALOG_DATA name.

    Raises ClusterError when it does not run.
    """
    outer = environment.outer(binaries.ROOT / ".env")
    directory = environment.data_directory(outer)
    if preflight.running_supervisor(directory) is None:
        raise ClusterError(f"nothing runs on {directory.root}: start it with `make run`")
    cluster = components.load(environment.base_port(outer))
    return Environment.of(cluster, Passwords(directory.secrets), directory.root, outer)


def environment_of(service_name: str) -> Mapping[str, str]:
    """What a process of a service gets."""
    found = local()
    service = next(each for each in found.components.services if each.name == service_name)
    return found.service(service, service.api_port)


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
        run(Services(environment_of), app)
    except ClusterError as problem:
        sys.exit(f"E-Catalog: {problem}")
