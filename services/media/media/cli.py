"""Commands for whoever runs the system: ``python -m media.cli --help``."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from ecatalog.db.database import Database

from media.files.check import Checker, Report
from media.files.collector import collect
from media.media_context import storage_of
from media.settings import MediaSettings
from media.storage.scratch import remove_abandoned

app = typer.Typer(no_args_is_help=True, add_completion=False)
pictures = typer.Typer(help="Look after the pictures of E-Catalog.", no_args_is_help=True)

Fix = Annotated[bool, typer.Option("--fix", help="Make missing renditions again and remove what nothing shows.")]
Grace = Annotated[float, typer.Option(help="Hours for which files that nothing shows are kept.", min=0)]
SHOWN = 20


@pictures.callback()
def commands() -> None:
    """Look after the pictures of E-Catalog."""


@pictures.command()
def check(fix: Fix = False, grace: Grace = 24) -> None:
    """Report files that are missing, that nobody knows, and pictures whose sizes cannot be made."""
    settings = MediaSettings()
    report, removed = asyncio.run(_check(settings, timedelta(hours=grace), fix))
    for title, keys in report._asdict().items():
        typer.echo(f"{title}: {len(keys)}")
        for key in keys[:SHOWN]:
            typer.echo(f"  {key}")
    if fix:
        typer.echo(f"removed: {len(report.orphaned)} unknown files, {removed} unused, "
                   f"{remove_abandoned(settings.scratch)} folders of dead processes")  # fmt: skip
    raise typer.Exit(bool(report.missing or report.failed or (report.orphaned and not fix)))


async def _check(settings: MediaSettings, grace: timedelta, fix: bool) -> tuple[Report, int]:
    database = Database(settings.dsn)
    storage = storage_of(settings)
    try:
        removed = await collect(database, storage, grace) if fix else 0
        checker = Checker(database, storage, grace)
        report = await checker.check()
        if fix:
            await checker.fix(report)
        return report, removed
    finally:
        await database.close()


app.add_typer(pictures, name="media")

if __name__ == "__main__":
    app()
