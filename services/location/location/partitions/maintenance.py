"""The worker maintains the partitions in a loop."""

import asyncio

import psycopg
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger

from location.partitions.service import maintain

log = logger(__name__)

PAUSE_SECONDS = 3600.0
SOON_SECONDS = 10.0


class PartitionMaintenance:
    """Maintains the partitions every hour; until then the default one takes points without a partition."""

    def __init__(self, database: Database, retention_days: int | None) -> None:
        self._database = database
        self._retention_days = retention_days

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await maintain(self._database, self._retention_days)
            except psycopg.OperationalError as error:  # the database is unavailable, or others hold the tables
                log.warning("partitions are looked after later", error=str(error))
                await asyncio.sleep(SOON_SECONDS)
            else:
                await asyncio.sleep(PAUSE_SECONDS)
