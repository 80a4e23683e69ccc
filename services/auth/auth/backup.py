"""The part of a backup that only this service knows."""

import time
from collections.abc import Sequence

from ecatalog.db.database import Database
from ecatalog.runtime.backup import Backup
from ecatalog.security.encryption import DecryptionFailed
from sqlmodel import delete

from auth.keys.models import SigningKey
from auth.keys.service import Keyring
from auth.settings import AuthSettings

NEW_KEYS = (
    "auth has another SECRET_KEY than the backup: a new signing key was made, and everybody has to sign in again."
)


async def settle(settings: AuthSettings, database: Database) -> Sequence[str]:
    """Replace signing keys that this system cannot open."""
    keyring = Keyring.of(settings, database, time.time)
    try:
        await keyring.check()
    except DecryptionFailed:
        async with database.session() as session:
            await session.execute(delete(SigningKey))
        await keyring.ensure()
        return [NEW_KEYS]
    return []


BACKUP = Backup(projections={"project": "catalog"}, settle=settle)
