"""The part of a backup that only this service knows."""

from collections.abc import Sequence

from ecatalog.db.database import Database
from ecatalog.runtime.backup import Backup
from ecatalog.security.encryption import DecryptionFailed

from integration.settings import IntegrationSettings

_PASSWORDS = "select name, password from integration where password is not null and not is_deleted order by id"


async def settle(settings: IntegrationSettings, database: Database) -> Sequence[str]:
    """Name the integrations whose passwords this system cannot read."""
    lost = []
    for name, password in await database.fetch_rows(_PASSWORDS):
        try:
            settings.encryption.decrypt(password)
        except DecryptionFailed:
            lost.append(name)
    if not lost:
        return []
    return [f"integration has another SECRET_KEY than the backup: enter the passwords of {', '.join(lost)} again."]


BACKUP = Backup(projections={"project": "catalog"}, settle=settle)
