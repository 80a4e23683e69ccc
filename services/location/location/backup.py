"""The part of backup and restore that only this service knows."""

import re
from collections.abc import Sequence

from ecatalog.db.database import Database
from ecatalog.runtime.backup import Backup

from location.partitions.service import Month, create


async def prepare(database: Database, partitions: Sequence[str]) -> None:
    """Create the partitions of the months that the points lay in."""
    for name in partitions:
        if found := re.fullmatch(r"track\.m(\d{4})_(\d\d)", name):
            await create(database, Month(int(found[1]), int(found[2])))


BACKUP = Backup(prepare=prepare)
