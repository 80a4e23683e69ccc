"""``manage.py backup`` and ``manage.py restore``."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from ecatalog.commands import services as installed

from deploy.backup.loading import load
from deploy.backup.saving import save


def commands(restart: Callable[[], None]) -> typer.Typer:
    """Both commands; ``restart`` starts all processes of the system again."""
    app = typer.Typer()

    @app.command()
    def backup(
        context: typer.Context, target: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder.")]
    ) -> None:
        """Write all five databases and the files of all pictures into a new folder, while everything runs.

        The folder holds personal data and password hashes: keep it as safe as the databases. It does not hold the
        secrets (`.env`, `.data/secrets`): without the same SECRET_KEY a restored system makes new signing keys, so
        that everybody signs in again, and the passwords of 1C have to be entered again.
        """
        made = save(installed.of(context), target.absolute())
        rows = sum(part.rows for part in made.services.values())
        typer.echo(f"{target} holds {rows} rows and {sum(made.files.values())} files.")

    @app.command()
    def restore(
        context: typer.Context,
        source: Annotated[Path, typer.Argument(metavar="SRC", help="A folder that `backup` made.")],
        force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    ) -> None:
        """Put a backup into an empty system of the same version, and start its services again.

        The backup is checked first, so that a damaged one changes nothing. Databases change all together. At the end
        every service publishes what it has, so that all know of each other what they should.
        """
        notes = load(installed.of(context), source.absolute(), force=force, restart=restart)
        for note in notes:
            typer.echo(f"Note: {note}")
        typer.echo(f"{source} is restored.")

    return app
