"""What shows the others that this worker lives: an advisory lock that PostgreSQL drops with the connection."""

import asyncio
import secrets

import psycopg
from ecatalog.db.notify import Bell
from ecatalog.telemetry.logging import logger
from psycopg import AsyncConnection

log = logger(__name__)

LOCK_CLASS = 0x0EC0_0003
ALIVE = (
    "select 1 from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.granted"  # noqa: S608 - a constant
    f" and l.classid = {LOCK_CLASS} and l.objid = {{owner}}"
    " and l.database = (select d.oid from pg_database d where d.datname = current_database())"
)
"""SQL that finds the worker ``{owner}`` if it lives."""


class Presence:
    """One connection that holds the lock and listens for the bell.

    Leases are taken in the name of this connection. A worker that is killed loses it at once, and so do all workers
    when PostgreSQL is killed: nobody waits for the lease of the dead to run out.
    """

    def __init__(self, dsn: str, bell: Bell) -> None:
        self._dsn = dsn
        self._bell = bell
        self._present = asyncio.Event()
        self.owner = 0

    async def wait(self) -> int:
        """The number under which this worker is known, once it is."""
        await self._present.wait()
        return self.owner

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self._stay()
            except (psycopg.Error, OSError) as error:
                log.warning("the worker is not present", error=str(error))
            finally:
                self._present.clear()
                self._bell.ring_all()
            await asyncio.sleep(0.5)

    async def _stay(self) -> None:
        async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            self.owner = secrets.randbelow(2**31 - 1) + 1
            await connection.execute("select pg_advisory_lock(%s, %s)", (LOCK_CLASS, self.owner))
            self._present.set()
            await self._bell.listen(connection)
