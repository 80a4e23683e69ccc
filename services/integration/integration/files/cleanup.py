"""Ends the sets that 1C has left, and drops what is not kept any longer."""

import asyncio

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs.schema import UNFINISHED

from integration.files.ending import end

LOOK_SECONDS = 5.0
LOCK = 0x0EC0_0302

_LOCK = "select pg_try_advisory_xact_lock(%(lock)s)"
# A module of 1C that is old never says that a set is complete; while it waits for a run, it asks every few seconds.
_CLOSE_SILENT = compose(
    """
    update source_set s set closed_at = clock_timestamp()
     where s.closed_at is null
       and greatest(s.used_at, (select e.used_at from exchange_session e where e.id = s.session_id))
           < clock_timestamp() - interval '10 minutes'
       and not exists (select from source_document d join job j on j.id = d.job_id
                        where d.set_id = s.id and j.{unfinished})
    """,
    unfinished=UNFINISHED,
)
_CLOSED = "select id from source_set where outcome is null and closed_at is not null order by id"
# Of what ended well the last three stay, by which a mapping can be tried; of the rest a day, to be looked into.
_DROP = """
    delete from source_set where id = (
        select s.id from source_set s
         where s.outcome is not null
           and case when s.bytes = 0 then true
                    when s.outcome = 'succeeded' then 3 <= (
                        select count(*) from source_set n where n.integration_id = s.integration_id
                           and n.id > s.id and n.outcome = 'succeeded' and n.bytes > 0)
                    else s.used_at < clock_timestamp() - interval '24 hours' end
         order by s.id limit 1 for update skip locked)
"""
# The newest session of an integration stays: it says when 1C called last.
_DROP_SESSIONS = """
    delete from exchange_session e
     where e.used_at < clock_timestamp() - interval '2 hours'
       and exists (select from exchange_session n where n.integration_id = e.integration_id and n.id > e.id)
       and not exists (select from source_set s where s.session_id = e.id and s.outcome is null)
"""


class FileCleanup:
    """Of all workers one looks at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """End what is over, then drop one set after the other, each of which may be large."""
        async with self._database.transaction() as connection:
            (is_ours,) = await (await execute(connection, _LOCK, {"lock": LOCK})).fetchone() or (False,)
            if is_ours:
                await _end_sets(connection)
                await execute(connection, _DROP_SESSIONS)
        while await self._database.execute(_DROP):
            pass


async def _end_sets(connection: Transaction) -> None:
    await execute(connection, _CLOSE_SILENT)
    for (set_id,) in await (await execute(connection, _CLOSED)).fetchall():
        await end(connection, set_id)
