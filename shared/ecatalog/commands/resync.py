"""Implements ``events resync``."""

import sys
from collections.abc import Sequence
from functools import partial

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.events.resync import ResyncSource, Sources, count, resync

Chosen = dict[str, tuple[str, Sequence[ResyncSource]]]
"""The service and its tables behind each name."""


def chosen(services: Services, names: Sequence[str], *, everything: bool) -> Chosen:
    """Return the chosen names, of those that the services here have."""
    known: Chosen = {}
    for service, module in services.offering("resync").items():
        sources: Sources = module.SOURCES
        known |= {name: (service, tables) for name, tables in sources.items()}
    if everything:
        return known
    if not names or (unknown := [name for name in names if name not in known]):
        reason = f"nothing is called {unknown[0]}" if names else "say what to publish, or --all"
        raise Problem(f"{reason}; there is {', '.join(known)}")
    return {name: known[name] for name in names}


async def run(name: str, settings: Settings, sources: Sequence[ResyncSource]) -> None:
    """Publish every row behind a name, and print their number."""
    database = Database(settings.dsn)
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    try:
        with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
            published = 0
            for source in sources:
                task = progress.add_task(source.table, total=await count(database, source))
                published += await resync(database, source, partial(progress.advance, task))
    finally:
        await database.close()
    typer.echo(f"{name}: {published} rows are published again")
