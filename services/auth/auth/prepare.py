"""A fresh database needs a signing key after its migrations, and in development somebody who can sign in."""

import asyncio
import time

from ecatalog.db.database import Database

from auth.keys.service import Keyring
from auth.passwords import Passwords
from auth.settings import AuthSettings
from auth.users.administrators import create_development_administrator


def prepare(settings: AuthSettings) -> None:
    """Create what is missing. Raises ``DecryptionFailed`` when ``SECRET_KEY`` is not the old one."""
    asyncio.run(_prepare(settings))


async def _prepare(settings: AuthSettings) -> None:
    database = Database(settings.dsn)
    passwords = Passwords()
    try:
        await Keyring.of(settings, database, time.time).signer()
        if settings.is_development:
            await create_development_administrator(database, passwords)
    finally:
        passwords.close()
        await database.close()
