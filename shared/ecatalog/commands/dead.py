"""Implements ``events dead`` and ``events retry``."""

import sys
from collections.abc import Sequence
from importlib import import_module

import typer
from rich.console import Console
from rich.table import Table

from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.core.clock import local_zone
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.events.recovery import DeadLetter, NotKept, dead_letters, retry_dead_letter, send_dead_letter
from ecatalog.runtime.worker import Worker

PIPED_WIDTH = 160
SHOWN = 1000


async def show(service: str, settings: Settings) -> int:
    """Print one service's dead letters as a table, and return their number."""
    letters = await _letters(settings)
    if letters:
        table = Table("ID", "When", "Event", "Reader", "Tries", "Reason", title=_title(service, len(letters)))
        for letter in letters[:SHOWN]:
            table.add_row(
                f"{service}:{letter.id}",
                f"{letter.created_at.astimezone(local_zone()):%Y-%m-%d %H:%M:%S}",
                f"{letter.type}\n{letter.event_id}",
                letter.consumer or "(the broker refused it)",
                str(letter.attempts or 1),
                letter.error,
            )
        Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)
    return len(letters)


def _title(service: str, letters: int) -> str:
    shown = f", the oldest {SHOWN} of {letters}" if letters > SHOWN else ""
    return f"Dead letters of {service}{shown}"


async def _letters(settings: Settings) -> list[DeadLetter]:
    database = Database(settings.dsn)
    try:
        return await dead_letters(database)
    finally:
        await database.close()


def chosen(services: Services, letters: Sequence[str], *, everything: bool) -> dict[str, list[int] | None]:
    """Return the chosen letters by service, None for all of one."""
    if everything:
        return dict.fromkeys(services.names, None)
    if not letters:
        raise Problem("say which dead letters, by the ids of `events dead`, or --all")
    found: dict[str, list[int]] = {}
    for letter in letters:
        service, _, number = letter.rpartition(":")
        if not service and len(services.names) == 1:
            service = services.names[0]
        if service not in services.names or not number.isdecimal():
            raise Problem(f"{letter} is no id of a dead letter; they look like {services.names[0]}:12")
        found.setdefault(service, []).append(int(number))
    return {**found}


async def retry(service: str, settings: Settings, ids: Sequence[int] | None) -> int:
    """Handle dead letters of one service again, print the outcome of each, and return how many failed."""
    worker: Worker = import_module(f"{service}.worker").create(settings)  # it knows which handlers a reader has
    failed = 0
    try:
        letters = {letter.id: letter for letter in await dead_letters(worker.database)}
        for number in letters if ids is None else ids:
            letter = letters.get(number)
            reason = await _retry(worker, letter) if letter else "there is no such dead letter"
            done = "will be sent again" if letter and letter.origin == "relay" else "was handled"
            typer.echo(f"{service}:{number} {reason or done}")
            failed += reason != ""
    finally:
        await worker.database.close()
    return failed


async def _retry(worker: Worker, letter: DeadLetter) -> str:
    """Return why the letter failed again, "" when it did not."""
    gone = "was handled by somebody else just now"
    try:
        if letter.origin == "relay":
            return "" if await send_dead_letter(worker.database, letter.id) else gone
        for consumer in worker.consumers:
            handlers = {kind: handle for kind, handle in consumer.handlers.items() if kind.name == letter.type}
            if consumer.name == letter.consumer and handlers:
                return "" if await retry_dead_letter(worker.database, letter.id, handlers) else gone
    except NotKept as error:
        return f"cannot be sent: {error}"
    except Exception as error:  # whatever the handler raises is what the administrator asked for
        return f"failed again: {type(error).__name__}: {error}"
    return f"has no reader {letter.consumer} any longer"
