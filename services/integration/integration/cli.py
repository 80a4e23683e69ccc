"""Commands of operators: ``python -m integration.cli --help``."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from ecatalog.core.settings import complaint
from ecatalog.db.database import Database

from integration.connectors.errors import SourceError
from integration.settings import IntegrationSettings
from integration.syncs.args import Mode

R = TypeVar("R")

app = typer.Typer(no_args_is_help=True, add_completion=False)
sync = typer.Typer(help="Look at sources, run them and watch their runs.", no_args_is_help=True)

INTERRUPTED = 130

Files = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, help="XML files of one exchange, or ZIP archives of them.")
]
Fields = Annotated[str | None, typer.Option(help="Show the fields of this stream instead.", metavar="STREAM")]
Integration = Annotated[int, typer.Argument(help="The id of the integration.", metavar="ID")]
Streams = Annotated[str, typer.Option(help="The streams to run, separated by commas.")]
AsMode = Annotated[Mode, typer.Option(help="Whether to read everything, or what changed.")]
Stream = Annotated[str, typer.Argument(help="The stream, such as nomenklatura or prices.", metavar="STREAM")]
Limit = Annotated[int, typer.Option(help="How many records to show.", min=1, max=50)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only report what would happen; change nothing.")]
Runs = Annotated[list[UUID], typer.Argument(help="The task_id of a run, or of several.", metavar="TASK")]


@sync.callback()
def commands() -> None:
    """Look at sources, run them and watch their runs."""


@sync.command()
def look(files: Files, fields: Fields = None) -> None:
    """Show what CommerceML files hold, in which 1C sends products to websites. Nothing is stored.

    Exit codes: 0 all was read; 1 a file is refused; 3 all was read, and something in it is odd.
    """
    from integration.connectors.commerceml.console import look_at, show_fields  # lxml is slow to import

    try:
        raise typer.Exit(asyncio.run(show_fields(files, fields) if fields else look_at(files)))
    except SourceError as error:
        typer.echo(f"look: {error.message}", err=True)
        raise typer.Exit(1) from None


@sync.command(name="list")
def list_all() -> None:
    """Show the integrations: how they are, what ran last, what runs next, and which alarms are open."""
    from integration.integrations.console import show_all

    _with_database(show_all)


@sync.command()
def check(integration: Integration) -> None:
    """Try the connection of an integration; of a base that sends by itself, show what has come.

    Exit codes: 0 the source can be used; 1 it cannot.
    """
    from integration.checks.console import show_check

    settings = _settings()
    raise typer.Exit(_with_database(lambda database: show_check(database, integration, settings)))


@sync.command()
def sample(integration: Integration, stream: Stream = "nomenklatura", limit: Limit = 20) -> None:
    """Show the first records of a stream, and what the mapping makes of them. Nothing is stored.

    Exit codes: 0 all records can be stored; 1 there is no sample; 3 some records cannot be stored.
    """
    from integration.checks.console import show_sample

    settings = _settings()
    raise typer.Exit(_with_database(lambda database: show_sample(database, integration, stream, limit, settings)))


@sync.command()
def load(integration: Integration, files: Files, dry_run: DryRun = False) -> None:
    """Load CommerceML files, or a ZIP archive of them, and watch the run. Ctrl-C leaves it going.

    Exit codes: 0 done; 1 the run failed or cannot be started; 3 done, some rows were not stored; 130 left by Ctrl-C.
    """
    from integration.uploads.watching import load_and_watch

    limits = _settings().storage_limits
    raise typer.Exit(
        _with_database(lambda database: load_and_watch(database, limits, integration, files, is_dry_run=dry_run))
    )


@sync.command()
def run(integration: Integration, streams: Streams = "nomenklatura", mode: AsMode = "full") -> None:
    """Run streams of a source now, and watch the runs. Ctrl-C leaves them going and says how to come back.

    Exit codes: 0 done; 1 a run failed or cannot be started; 3 done, and some rows were not stored; 130 left by Ctrl-C.
    """
    from integration.syncs.console import start_and_watch

    raise typer.Exit(_with_database(lambda database: start_and_watch(database, integration, streams.split(","), mode)))


@sync.command()
def watch(runs: Runs) -> None:
    """Watch runs until they are over. Ctrl-C leaves them going and says how to come back.

    Exit codes: 0 done; 1 a run failed; 3 done, and some rows were not stored; 130 left by Ctrl-C.
    """
    from integration.syncs.console import watch as follow

    raise typer.Exit(_with_database(lambda database: follow(database, runs)))


def _with_database(work: Callable[[Database], Awaitable[R]]) -> R:
    """Run the work of a command on the database of the service."""

    settings = _settings()

    async def run() -> R:
        database = Database(settings.dsn)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _settings() -> IntegrationSettings:
    try:
        return IntegrationSettings()
    except ValueError as error:
        typer.echo(f"sync: the settings are not usable: {complaint(error)}", err=True)
        raise typer.Exit(1) from None


app.add_typer(sync, name="sync")

if __name__ == "__main__":
    app()
