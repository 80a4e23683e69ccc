"""Records of one key: those of different price types or warehouses are joined, of the same one the last counts."""

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.values.run import ValuesRun

AGAIN = "The key comes again further on, and the last record counts"

# Windows pass over the rows once, however often a key comes and whatever the planner believes of tables that fill and
# empty all day: a join that it takes for small would compare each row with each.
_REPEATED = """
    select exists (
        select from staged_offer o
         where o.job_id = %(job_id)s and o.stream = %(stream)s and o.reason is null
         group by o.key having count(*) > 1
    )
"""
_DROP_VALUES = """
    delete from staged_value where ctid = any(array(
        select y.place from (
            select x.place, x.n, max(x.n) over (partition by x.key, x.of) as last_n,
                   max(x.n) filter (where x.is_empty) over (partition by x.key) as emptied_n
              from (select v.key, v.of, v.n, v.ctid as place, false as is_empty
                      from staged_value v where v.job_id = %(job_id)s and v.stream = %(stream)s
                     union all
                    select o.key, null, o.n, null, true from staged_offer o
                     where o.job_id = %(job_id)s and o.stream = %(stream)s and o.reason is null and o.is_empty) x
        ) y
         where y.place is not null and (y.n < y.last_n or y.n < y.emptied_n)
    ))
"""
_REPORT = """
    update staged_offer set reason = %(again)s where ctid = any(array(
        select y.place from (
            select x.place, x.n, max(x.n) over (partition by x.key) as last_n,
                   count(*) filter (where x.place is null) over (partition by x.key, x.n) as values_left
              from (select o.key, o.n, o.ctid as place from staged_offer o
                     where o.job_id = %(job_id)s and o.stream = %(stream)s and o.reason is null
                     union all
                    select v.key, v.n, null from staged_value v
                     where v.job_id = %(job_id)s and v.stream = %(stream)s) x
        ) y
         where y.place is not null and y.n < y.last_n and y.values_left = 0
    ))
"""


async def join_repeated(connection: Transaction, run: ValuesRun, stream: str) -> None:
    """Leave one value of each key and price type or warehouse, and reject the records of which nothing counts."""
    about = run.key | {"stream": stream, "again": AGAIN}
    (is_repeated,) = await (await execute(connection, _REPEATED, about)).fetchone() or (False,)
    if is_repeated:
        await execute(connection, _DROP_VALUES, about)
        await execute(connection, _REPORT, about)
