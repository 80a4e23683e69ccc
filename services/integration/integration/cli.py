"""Commands of operators: ``python -m integration.cli --help``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from integration.connectors.errors import SourceError

app = typer.Typer(no_args_is_help=True, add_completion=False)
sync = typer.Typer(help="Look at what a source holds.", no_args_is_help=True)

Files = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, help="XML files of one exchange, or ZIP archives of them.")
]
Fields = Annotated[str | None, typer.Option(help="Show the fields of this stream instead.", metavar="STREAM")]


@sync.callback()
def commands() -> None:
    """Look at what a source holds."""


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


app.add_typer(sync, name="sync")

if __name__ == "__main__":
    app()
