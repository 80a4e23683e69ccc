"""Implements ``events replay``."""

from collections.abc import Sequence
from datetime import datetime

import typer

from ecatalog.commands.problems import Problem
from ecatalog.contracts.base import REGISTRY
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.events.recovery import BEGINNING, replay


async def run(service: str, settings: Settings, since: datetime | None, kinds: Sequence[str]) -> None:
    """Replay one service's outbox, and print the number of events. Raises :class:`Problem` for an unknown type."""
    types = names(kinds)
    database = Database(settings.dsn)
    try:
        replayed = await replay(database, since or BEGINNING, types)
    finally:
        await database.close()
    typer.echo(f"{service}: {replayed} events are published again")


def names(kinds: Sequence[str]) -> list[str]:
    """Return the full names of types that were given in full or as ``project.changed``."""
    found = []
    for kind in kinds:
        matching = [
            name
            for name, known in REGISTRY.items()
            if name == kind or known.subject.endswith(f"{known.service}.{kind}")
        ]
        if not matching:
            shown = sorted(known.subject.partition("ecatalog.")[2] for known in REGISTRY.values())
            raise Problem(f"there is no event type {kind}; there is {', '.join(shown)}")
        found += matching
    commands = [name for name in found if REGISTRY[name].is_command]
    if commands:
        raise Problem(f"{commands[0]} is a command, which is never published again")
    return found
