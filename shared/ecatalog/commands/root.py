"""Gathers the commands of all installed services: ``python -m ecatalog.commands.root --help``.

A service's own commands are those of ``<service>.cli:app``, under the names that they have there.
"""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import psycopg
import typer
from sqlalchemy.exc import OperationalError
from typer.core import TyperGroup

from ecatalog.commands import events
from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.telemetry.logging import configure_logging

HELP = "Administer E-Catalog. Every command explains itself: `manage.py COMMAND --help`."


def command_line(services: Services, *further: typer.Typer) -> TyperGroup:
    """Return the group of all commands; ``further`` are commands of no single service."""
    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")

    @app.callback()
    def commands() -> None:
        """Keep the name of a single command part of the command line."""

    app.add_typer(events.app, name="events")
    for each in further:
        app.add_typer(each)
    root = _group(app)
    root.help = HELP
    for name, module in services.offering("cli").items():
        for title, command in _group(module.app).commands.items():
            _become(command, name, services)
            root.add_command(command, title)
    return root


def run(services: Services, *further: typer.Typer, arguments: Sequence[str] | None = None) -> None:
    """Run the command of the arguments, and end the process."""
    configure_logging("manage", "WARNING")
    try:
        command_line(services, *further)(arguments, prog_name="manage.py", obj=services)
    except Problem as problem:
        sys.exit(f"E-Catalog: {problem}")
    except (psycopg.OperationalError, OperationalError) as error:
        sys.exit(f"E-Catalog: the database does not answer: {str(error).strip()}")


def _group(app: typer.Typer) -> TyperGroup:
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("an app of commands needs a callback, so that a single command keeps its name")
    return group


def _become(command: Any, service: str, services: Services) -> None:
    """Let a command, or those below it, run in the environment of its service."""
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            _become(below, service, services)
    elif command.callback is not None:
        command.callback = _entering(command.callback, service, services)


def _entering(callback: Callable[..., Any], service: str, services: Services) -> Callable[..., Any]:
    @wraps(callback)
    def enter(*arguments: Any, **options: Any) -> Any:
        services.enter(service)
        return callback(*arguments, **options)

    return enter


if __name__ == "__main__":
    run(Services())
