"""What the lists of a run said is kept, written only where it differs."""

from collections.abc import Collection

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.values.counting import count
from integration.values.parked import park
from integration.values.plans import linear
from integration.values.run import OfferCounts, ValuesRun

# A product that the catalog refused keeps what it had: the next run sends it again. One that is not there is parked.
_REFUSED = """
    delete from changed_value c using (
        select f.stream, f.key from failed_row f where f.job_id = %(job_id)s
        except
        select v.stream, u.key from unknown_product u cross join (values ('prices'), ('stock')) v(stream)
    ) f where f.stream = c.stream and f.key = c.product_key
"""
_DELETE = """
    delete from source_value where ctid = any(array(select c.place from changed_value c where c.is_gone))
"""
_WRITE = """
    insert into source_value (
        project_id, base, stream, key, of, coefficient, min_quantity, product_key, value, currency, updated_at)
    select %(project_id)s, %(base)s, c.stream, c.key, c.of, c.coefficient, c.min_quantity, c.product_key, c.value,
           c.currency, now()
      from changed_value c where not c.is_gone
     order by c.stream, c.product_key, c.key, c.of, c.coefficient, c.min_quantity
        on conflict (project_id, base, stream, product_key, key, of, coefficient, min_quantity) do update
       set value = excluded.value, currency = excluded.currency, updated_at = excluded.updated_at
"""
# What never reached the catalog makes the memory doubtful, and the next run makes all columns anew.
_SNAPSHOT = """
    insert into source_snapshot as s (integration_id, stream, is_stale, full_at, mapping_version, project_id, base)
    select %(integration_id)s, v.stream, coalesce(t.is_undeliverable, false),
           case when t.complete = 'yes' and not %(is_of_set)s and not exists (
               select from failed_row f where f.job_id = %(job_id)s and f.stream = v.stream) then now() end,
           case when t.is_undeliverable then 0 else %(version)s end, %(project_id)s, %(base)s
      from (values ('prices'), ('stock')) v(stream)
      left join sync_stream t on t.job_id = %(job_id)s and t.stream = v.stream
        on conflict (integration_id, stream) do update
       set is_stale = excluded.is_stale or (s.is_stale and excluded.full_at is null),
           full_at = coalesce(excluded.full_at, s.full_at), mapping_version = excluded.mapping_version,
           project_id = excluded.project_id, base = excluded.base
     where excluded.full_at is not null
        or (s.is_stale or not excluded.is_stale, s.mapping_version, s.project_id, s.base)
           is distinct from (true, excluded.mapping_version, excluded.project_id, excluded.base)
"""


async def settle(connection: Transaction, run: ValuesRun, unknown: Collection[str]) -> dict[str, OfferCounts]:
    """Count, keep what the lists said, park what is unknown, and bring ``source_snapshot`` of both streams up to date.

    Products in ``failed_row`` keep what they had, so that the next run sends them again. ``sync_stream.complete`` must
    be written.
    """
    counts = await count(connection, run, unknown)
    async with linear(connection):
        for statement in (_REFUSED, _DELETE, _WRITE):
            await execute(connection, statement, run.key, prepare=False)
        await park(connection, run)
        await execute(connection, _SNAPSHOT, run.key)
    return counts
