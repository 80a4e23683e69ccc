"""``manage.py keys``: the keys that sign tokens."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import typer
from ecatalog.core.clock import local_zone
from ecatalog.db.database import Database
from rich.console import Console
from rich.table import Table

from auth.keys.models import SigningKey
from auth.keys.service import LEAD_SECONDS, Keyring
from auth.settings import AuthSettings

T = TypeVar("T")

app = typer.Typer(help="List and rotate the keys that sign tokens.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """Show every key that is still kept: which signs, which only verifies, and until when."""
    keys = asyncio.run(_with_keyring(Keyring.list_keys))
    now = datetime.now(UTC)
    signing = max((key for key in keys if key.signs_from <= now), key=lambda key: key.signs_from, default=None)
    table = Table("Key", "State", "Signs from", "Verifies until")
    for key in keys:
        until = _shown(key.verified_until) if key.verified_until else "it is replaced"
        table.add_row(key.kid, _state(key, signing, now), _shown(key.signs_from), until)
    Console().print(table)


@app.command()
def rotate() -> None:
    """Create a new key. It signs a minute later; tokens of the old one stay valid until they expire.

    Nobody has to sign in again. Do this once a year, or when somebody leaves who could read SECRET_KEY.
    """
    kid = asyncio.run(_with_keyring(Keyring.rotate))
    typer.echo(f"The new key {kid} signs in {LEAD_SECONDS} seconds; tokens of the old one stay valid.")


def _state(key: SigningKey, signing: SigningKey | None, now: datetime) -> str:
    if key is signing:
        return "signs"
    return "signs soon" if key.signs_from > now else "verifies"


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(local_zone()):%Y-%m-%d %H:%M:%S}"


async def _with_keyring(use: Callable[[Keyring], Awaitable[T]]) -> T:
    settings = AuthSettings()
    database = Database(settings.dsn)
    try:
        return await use(Keyring.of(settings, database, time.time))
    finally:
        await database.close()
