"""Administration: what ``python manage.py`` offers."""

import asyncio
import json
import os

import typer

from deploy.local import binaries, components, environment, probes
from deploy.local.environment import Environment
from deploy.local.passwords import Passwords

app = typer.Typer(help="Administer E-Catalog.", no_args_is_help=True, add_completion=False)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def local() -> Environment:
    """The environment of the local cluster that ECATALOG_PORT and ECATALOG_DATA name."""
    outer = environment.outer(binaries.ROOT / ".env")
    directory = environment.data_directory(outer)
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

    auth(context.args)


@app.command()
def health() -> None:
    """Show the state of every service; the exit code says whether all are well."""
    port = local().components.gateway
    answer = asyncio.run(probes.get(port, "/api/health/"))
    if answer is None:
        typer.echo(f"nothing answers on port {port}: start it with `make run`", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(json.loads(answer[1]), indent=2, ensure_ascii=False))
    raise typer.Exit(answer[0] != 200)


if __name__ == "__main__":
    app(prog_name="manage.py")
