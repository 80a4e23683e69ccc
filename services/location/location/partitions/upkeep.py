"""The loop of the worker that keeps partitions ahead of time."""

import asyncio

import psycopg
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger

from location.partitions.service import keep_up

log = logger(__name__)

PAUSE_SECONDS = 3600.0
SOON_SECONDS = 10.0


class PartitionMaintenance:
    """Looks every hour; the default partition takes what has none of its own until then."""

    def __init__(self, database: Database, retention_days: int | None) -> None:
        self._database = database
        self._retention_days = retention_days

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await keep_up(self._database, self._retention_days)
            except psycopg.OperationalError as error:  # the database is away, or busy with the very tables
                log.warning("partitions are looked after later", error=str(error))
                await asyncio.sleep(SOON_SECONDS)
            else:
                await asyncio.sleep(PAUSE_SECONDS)
