"""Administration: what ``python manage.py`` offers."""

import asyncio
import json
import os
import sys

import typer

from deploy.local import binaries, components, environment, preflight, probes
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords
from deploy.local.problems import ClusterError

app = typer.Typer(help="Administer E-Catalog.", no_args_is_help=True, add_completion=False)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


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


def become(service_name: str) -> None:
    """Take a service's environment, unless the caller brought one along."""
    if "DATABASE_URL" not in os.environ:
        found = local()
        service = next(each for each in found.components.services if each.name == service_name)
        os.environ.update(found.service(service, service.api_port))


@app.command(context_settings=PASSED_ON)
def createsuperuser(context: typer.Context) -> None:
    """Make an administrator: asks for what --username, --password and the environment do not say."""
    become("auth")
    from auth.cli import app as auth

    auth(["createsuperuser", *context.args], prog_name="manage.py")


@app.command(context_settings=PASSED_ON)
def media(context: typer.Context) -> None:
    """Look after the pictures: `media check` compares what is stored with what should be."""
    become("media")
    from media.cli import app as media

    media(context.args, prog_name="manage.py media")


@app.command(context_settings=PASSED_ON)
def location(context: typer.Context) -> None:
    """Administer positions: `location erase --agent CODE` deletes everything of an agent for good."""
    become("location")
    from location.cli import app as positions

    positions(context.args, prog_name="manage.py location")


@app.command()
def health() -> None:
    """Show the state of every service; the exit code says whether all are well."""
    answer = asyncio.run(probes.get(local().components.gateway, "/api/health/"))
    if answer is None:
        raise ClusterError("the gateway does not answer")
    typer.echo(json.dumps(json.loads(answer[1]), indent=2, ensure_ascii=False))
    raise typer.Exit(answer[0] != 200)


if __name__ == "__main__":
    try:
        app(prog_name="manage.py")
    except ClusterError as problem:
        sys.exit(f"E-Catalog: {problem}")
