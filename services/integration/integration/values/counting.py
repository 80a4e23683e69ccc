"""The records of prices and stock are counted by what becomes of them."""

from collections.abc import Collection

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.values.differences import find_differences
from integration.values.plans import linear
from integration.values.run import VALUE_STREAMS, OfferCounts, ValuesRun
from integration.values.touched import set_unknown

# The joins are of grouped keys, so that none meets a row twice.
_COUNT = """
    with failed as (
        select f.key from failed_row f where f.job_id = %(job_id)s and f.stream = %(stream)s group by f.key
    ),
    changed as (select c.key from changed_value c where c.stream = %(stream)s group by c.key),
    records as (
        select o.key, count(*) as total, count(*) filter (where o.reason is not null) as errors
          from staged_offer o where o.job_id = %(job_id)s and o.stream = %(stream)s group by o.key
    ), fates as (
        select r.total, r.errors, f.key is not null and u.key is null as is_failed, u.key is not null as is_parked,
               c.key is not null as is_changed
          from records r
          left join said_offer s on s.stream = %(stream)s and s.key = r.key
          left join failed f on f.key = s.product_key
          left join unknown_product u on u.key = s.product_key
          left join changed c on c.key = r.key
    )
    select coalesce(sum(total), 0), coalesce(sum(case when is_failed then total else errors end), 0),
           coalesce(sum(total - errors) filter (where is_parked), 0),
           coalesce(sum(total - errors) filter (where not is_parked and not is_failed), 0),
           coalesce(sum(total - errors) filter (where not is_parked and not is_failed and not is_changed), 0)
      from fates
"""


async def count(connection: Transaction, run: ValuesRun, unknown: Collection[str]) -> dict[str, OfferCounts]:
    """Count the records of prices and stock by what becomes of them, while what is kept is still that of before.

    Records of products in ``failed_row`` are errors.
    """
    counts = {}
    async with linear(connection):
        await find_differences(connection, run)
        await set_unknown(connection, unknown)
        for stream in VALUE_STREAMS:
            cursor = await execute(connection, _COUNT, run.key | {"stream": stream}, prepare=False)
            counts[stream] = OfferCounts(*map(int, await cursor.fetchone() or ()))
    return counts
