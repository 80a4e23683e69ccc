"""What staged records contradict each other, and which of them count."""

from typing import NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.runs.run import Run
from integration.syncs.staging import DUPLICATE

# The statements pass over the rows once, whatever the planner believes of tables that fill and empty all day: a join
# that it takes for small would compare each row with each.
PLANS = "set local enable_nestloop = off"

# Of a key the last record counts, one that can be read before others; a derived one only where there is no other.
_DUPLICATES = """
    with ranked as (
        select n, row_number() over (partition by key order by is_derived, payload is null,
                                     case when is_derived then n else -n end) as place
          from staged_record where job_id = %(id)s and stream = %(stream)s
    ), gone as (
        delete from staged_record s using ranked r
         where s.job_id = %(id)s and s.stream = %(stream)s and s.n = r.n and r.place > 1
        returning s.n, s.key, s.code, s.place, s.reason, s.is_derived, s.is_skipped, s.is_keyless
    ), told as (
        insert into job_error (job_id, code, details, error)
        select %(id)s, coalesce(code, place), json_build_object('stream', %(stream)s::text),
               case when reason is not null then concat_ws(': ', nullif(place, ''), reason)
                    when is_keyless then %(duplicate)s
                    else format('%%s: a later record has the same key, %%s, and counts in its place', place, key) end
          from gone where not is_derived and not is_skipped order by n
        returning id
    )
    select count(*) from told
"""
_CLASHES = """
    with doubled as (
        select code, array_agg(key order by n) as keys from staged_record
         where job_id = %(id)s and stream = %(stream)s and payload is not null
         group by code having count(*) > 1
    )
    update staged_record s
       set payload = null,
           reason = format('The record %%s has the same code',
                           case when s.key = d.keys[1] then d.keys[2] else d.keys[1] end)
      from doubled d
     where s.job_id = %(id)s and s.stream = %(stream)s and s.payload is not null and s.code = d.code
"""
_REJECTED = """
    with told as (
        insert into job_error (job_id, code, details, error)
        select %(id)s, coalesce(code, place), json_build_object('stream', %(stream)s::text),
               concat_ws(': ', nullif(place, ''), reason) from staged_record
         where job_id = %(id)s and stream = %(stream)s and reason is not null order by n
        returning id
    )
    select count(*) from told
"""
_GOOD = """
    select count(*) from staged_record where job_id = %(id)s and stream = %(stream)s and payload is not null
"""


class Judged(NamedTuple):
    """The records of a stream: all that count, and those among them that are errors."""

    total: int
    errors: int


async def judge(connection: Transaction, run: Run, stream: str) -> Judged:
    """Leave one record of each key, and report those that cannot be sent. ``staged_record`` keeps their keys."""
    key = {"id": run.job.id, "stream": stream}
    await execute(connection, PLANS)
    duplicates = await _count(connection, _DUPLICATES, key | {"duplicate": DUPLICATE})
    await execute(connection, _CLASHES, key)
    rejected = await _count(connection, _REJECTED, key)
    good = await _count(connection, _GOOD, key)
    return Judged(good + rejected + duplicates, rejected + duplicates)


async def _count(connection: Transaction, statement: str, parameters: dict[str, object]) -> int:
    row = await (await execute(connection, statement, parameters)).fetchone()
    return int(row[0]) if row else 0
