"""Room for what comes: sets that are over give way, the oldest first."""

import asyncio

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.files.limits import Excess, StorageLimits

_KEPT = """
    select coalesce(sum(s.bytes), 0)::bigint,
           coalesce(sum(s.bytes) filter (where s.integration_id = %(id)s), 0)::bigint,
           coalesce(sum(s.bytes) filter (where s.integration_id = %(id)s and s.outcome is not null), 0)::bigint
      from source_set s
"""
_EVICT = """
    delete from source_set where id in (
        select o.id from (
            select s.id, s.bytes, sum(s.bytes) over (order by s.id) - s.bytes as before from source_set s
             where s.integration_id = %(id)s and s.outcome is not null and s.bytes > 0) o
         where o.before < %(needed)s)
"""


async def make_room(connection: Transaction, limits: StorageLimits, integration_id: int, size: int) -> Excess | None:
    """Make room for so many bytes more of an integration; return what there would be too much of."""
    row = await (await execute(connection, _KEPT, {"id": integration_id})).fetchone()
    of_all, kept, evictable = row or (0, 0, 0)
    share = await asyncio.to_thread(limits.share_of_disk)
    needed = max(kept + size - limits.kept, of_all + size - share)
    if needed > evictable:
        return Excess.KEPT if kept + size - evictable > limits.kept else Excess.DISK
    if needed > 0:
        await execute(connection, _EVICT, {"id": integration_id, "needed": needed})
    return None
