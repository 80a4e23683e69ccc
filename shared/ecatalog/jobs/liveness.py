"""The proof that a worker lives: an advisory lock that PostgreSQL drops together with the session that holds it."""

import asyncio
import secrets

import psycopg
from psycopg import AsyncConnection

from ecatalog.db.notify import Listener
from ecatalog.db.sql import compose, number
from ecatalog.telemetry.logging import logger

log = logger(__name__)

CHANNEL = "jobs"
WORK = ""
CANCEL = "cancel"

LOCK_CLASS = 0x0EC0_0004
SETTLED_SECONDS = 10
RECONNECT_SECONDS = 0.5

HELD = compose(
    """(
    j.worker_id is not null and j.lease_until >= statement_timestamp()
    and (pg_postmaster_start_time() > statement_timestamp() - interval '{settled} s'
         or j.worker_id = any (array(
            select l.objid::int from pg_locks l
             where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.classid = {lock_class}
               and l.database = (select d.oid from pg_database d where d.datname = current_database())))))
    """,
    settled=number(SETTLED_SECONDS),
    lock_class=number(LOCK_CLASS),
)
"""SQL that is true while somebody holds ``j``, a row of ``job``.

The lease must not be over and the worker's lock must be there. A restart of PostgreSQL drops the locks of the living
too: until it has run for a while only the lease counts.
"""


def progress_of(job_id: int) -> str:
    """Return the topic of results that are added to a job from outside."""
    return f"progress:{job_id}"


class WorkerLiveness:
    """The session that holds the lock of this process and listens for notifications.

    It needs a connection of its own that does not go through a transaction pooler.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._is_connected = asyncio.Event()
        self.listener = Listener(CHANNEL)
        self.worker_id = 0

    async def wait(self) -> int:
        """Wait for the session; return the number under which the others know this worker now."""
        await self._is_connected.wait()
        return self.worker_id

    async def run(self) -> None:
        """Keep the session until cancelled. Each session has a number of its own."""
        while True:
            try:
                await self._hold()
            except (psycopg.Error, OSError) as error:
                log.warning("the worker has lost its session", error=str(error))
            finally:
                self._is_connected.clear()
                self.listener.wake_all()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hold(self) -> None:
        async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            worker_id = secrets.randbelow(2**31 - 1) + 1
            await connection.execute("select pg_advisory_lock(%s, %s)", (LOCK_CLASS, worker_id))
            self.worker_id = worker_id
            self._is_connected.set()
            await self.listener.listen(connection)
