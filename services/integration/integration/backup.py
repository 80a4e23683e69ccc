"""What a backup must know of this service."""

from collections.abc import Sequence

from ecatalog.db.database import Database
from ecatalog.runtime.backup import Backup

from integration.integrations.passwords import UnreadablePassword, decrypt
from integration.settings import IntegrationSettings

_PASSWORDS = "select name, password from integration where password is not null and not is_deleted order by id"


async def settle(settings: IntegrationSettings, database: Database) -> Sequence[str]:
    """Name the integrations whose passwords this system cannot read."""
    lost = []
    for name, password in await database.fetch_rows(_PASSWORDS):
        try:
            decrypt(password, settings.secret_key)
        except UnreadablePassword:
            lost.append(name)
    if not lost:
        return []
    return [f"integration has another SECRET_KEY than the backup: enter the passwords of {', '.join(lost)} again."]


BACKUP = Backup(projections={"project": "catalog"}, settle=settle)
