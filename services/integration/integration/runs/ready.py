"""The rows that are sent: each as JSON, in the order in which the catalog is to apply them."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Sql, compose, execute

from integration.runs.groups import labels_of
from integration.runs.memory import CAME, KNOWN, OWN, StreamOfRun
from integration.runs.run import Run

# What changes codes comes first, then what the source's list has first. A row that is unknown may have the code of one
# that is gone: the catalog then links it anew.
_ROWS = """
    with known as materialized ({known}), gone as materialized (
        select distinct on (o.code) o.code, o.key from ({own}) o
         where (o.is_missing or o.scope = any(%(whole)s::text[])) and not exists ({came})
         order by o.code, o.key
    ), compared as materialized (
        select s.n, s.key, s.code, s.payload, s.fills, s.deleted, s.is_stand_in, s.is_keyless, m.place,
               {labels} as labels, case when k.key is null and not s.is_keyless then w.key end as was,
               s.deleted and k.is_deleted is not true as is_marked,
               coalesce(k.is_own and k.hash = s.hash and ({labels} is null or {labels} = k.labels), false) as is_equal
          from staged_record s
          left join known k on k.key = s.key
          left join json_to_recordset(%(moved)s::json) m(n int, place int) on m.n = s.n
          left join group_label g on g.key = coalesce(s.groups[1], k.groups[1])
          left join gone w on w.code = s.code
         where s.job_id = %(id)s and s.stream = %(stream)s and s.payload is not null
    ), noted as (
        update staged_record s set was = c.was from compared c
         where s.job_id = %(id)s and s.stream = %(stream)s and s.n = c.n and c.was is not null
    ), written as (
        insert into ready_row (job_id, stream, n, key, body)
        select %(id)s, %(stream)s, row_number() over (order by place nulls last, n) - 1, key,
               '{{"key":' || case when is_keyless then 'null' else to_json(key)::text end
               || ',"code":' || to_json(code)::text
               || case when is_stand_in then ',"stand_in":true' else '' end
               || coalesce(',"deleted":' || deleted::text, '')
               || coalesce(',"was":' || to_json(was)::text, '')
               || ',"values":' || case when labels is null then payload
                                       when payload = '{{}}' then '{{' || labels || '}}'
                                       else left(payload, -1) || ',' || labels || '}}' end
               || coalesce(',"fills":' || fills, '') || '}}'
          from compared where not (%(skips)s and is_equal)
        returning 1
    )
    select count(*), (select count(*) from written), count(*) filter (where is_marked), count(*) filter (where is_equal)
      from compared
"""
# Products whose group was renamed or moved need not come themselves.
_RELABELLED = """
    insert into ready_row (job_id, stream, n, key, body)
    select %(id)s, %(stream)s, %(first)s + row_number() over (order by o.key) - 1, o.key,
           '{{"key":' || to_json(o.key)::text || ',"values":{{' || {labels} || '}}}}'
      from ({own}) o join group_label g on g.key = o.groups[1]
     where {labels} is not null and {labels} is distinct from o.labels
       and not exists ({came})
"""


class Compared(NamedTuple):
    """The rows of a stream: all that may be sent, and those that are.

    ``marked`` ones have a mark of deletion that is new, ``equal`` ones are as they were applied.
    """

    total: int
    sent: int
    marked: int
    equal: int


async def write_rows(
    connection: Transaction, run: Run, stream: StreamOfRun, chains: Sequence[Sequence[int]]
) -> Compared:
    """Write the rows of a stream that are to be sent; those of ``chains``, by their positions, come first."""
    moved = [{"n": n, "place": place} for place, n in enumerate(chain.from_iterable(chains))]
    about = run.key | stream.key | {"moved": orjson.dumps(moved).decode()}
    row = await (await execute(connection, _rows(labels_of(run.mapping, stream.name)), about)).fetchone()
    return Compared(*row) if row else Compared(0, 0, 0, 0)


async def write_relabelled(connection: Transaction, run: Run, stream: StreamOfRun, first: int) -> int:
    """Write rows for what did not come and has another label now, behind ``first`` others; return their number."""
    statement = _relabelled(labels_of(run.mapping, stream.name))
    return (await execute(connection, statement, run.key | stream.key | {"first": first})).rowcount


@lru_cache(maxsize=10)
def _rows(labels: Sql) -> Sql:
    return compose(_ROWS, known=KNOWN, own=OWN, came=CAME, labels=labels)


@lru_cache(maxsize=10)
def _relabelled(labels: Sql) -> Sql:
    return compose(_RELABELLED, own=OWN, came=CAME, labels=labels)
