"""The part of a backup that only this service knows."""

from collections.abc import Sequence

from ecatalog.db.database import Database
from ecatalog.runtime.backup import Backup
from ecatalog.security.encryption import DecryptionFailed

from integration.exchange import schema as exchange
from integration.files import schema as files
from integration.settings import IntegrationSettings

OTHER_KEY = "integration has another SECRET_KEY than the backup"

_EXCHANGES = """
    select name, exchange_password from integration
     where exchange_password is not null and not is_deleted order by id
"""
_PASSWORDS = "select name, password from integration where password is not null and not is_deleted order by id"


# Another service's backup may be of another moment: what was applied has to be shown by a whole list.
_DOUBT = "update source_snapshot set is_stale = true where not is_stale"


async def settle(settings: IntegrationSettings, database: Database) -> Sequence[str]:
    """Trust no memory of what was applied, and name the integrations whose passwords this system cannot read."""
    await database.execute(_DOUBT)
    lost = []
    for name, password in await database.fetch_rows(_PASSWORDS):
        try:
            settings.encryption.decrypt(password)
        except DecryptionFailed:
            lost.append(name)
    exchanges = await database.fetch_rows(_EXCHANGES)
    gone = [name for name, stored in exchanges if not settings.exchange_hash.is_of_this_key(stored)]
    notes = [(lost, "enter the passwords of {} again."), (gone, "make the exchange passwords of {} anew.")]
    return [f"{OTHER_KEY}: {note.format(', '.join(names))}" for names, note in notes if names]


# 1C sends its files again, and signs in anew.
LEFT_OUT = files.TABLES | exchange.TABLES | {"seen_key"}

BACKUP = Backup(projections={"project": "catalog"}, left_out=LEFT_OUT, settle=settle)
