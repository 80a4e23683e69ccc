"""What the lists of a run would change of the values that are kept: found once a transaction, in temporary tables."""

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.values.run import ValuesRun

_IS_FOUND = "select to_regclass('pg_temp.changed_value') is not null"
_TABLES = (
    "create temporary table said_offer (stream text, key text, product_key text, is_list boolean) on commit drop",
    "create temporary table said_value (like staged_value) on commit drop",
    """
    create temporary table kept_value (
        stream text, key text, of text, coefficient numeric, min_quantity numeric, product_key text, value numeric,
        currency text, is_list boolean, place tid
    ) on commit drop
    """,
    """
    create temporary table changed_value (
        stream text, key text, of text, coefficient numeric, min_quantity numeric, product_key text, value numeric,
        currency text, is_gone boolean, place tid
    ) on commit drop
    """,
)
_SAID_OFFERS = """
    insert into said_offer
    select o.stream, o.key, o.product_key, bool_or(o.is_list) from staged_offer o
     where o.job_id = %(job_id)s and o.reason is null group by o.stream, o.key, o.product_key
"""
_SAID_VALUES = "insert into said_value select v.* from staged_value v where v.job_id = %(job_id)s"
_SIZES = "analyze said_offer, said_value"
# Each key is looked up in the large table of values, by its index, which has the product before the key.
_KEPT = """
    insert into kept_value
    select k.stream, k.key, k.of, k.coefficient, k.min_quantity, k.product_key, k.value, k.currency, o.is_list, k.place
      from said_offer o
     cross join lateral (
        select v.*, v.ctid as place from source_value v
         where v.project_id = %(project_id)s and v.base = %(base)s and v.stream = o.stream
           and v.product_key = o.product_key and v.key = o.key
        offset 0
     ) k
"""
_KEPT_SIZE = "analyze kept_value"
# What is kept of a key is over where the list names the type or warehouse anew, or where a whole list of this key does
# not name it although it speaks for it.
_CHANGED = """
    insert into changed_value
    with named as (select distinct s.stream, s.key, s.of from said_value s),
    spoken as (select t.stream, unnest(t.spoken) as of from sync_stream t where t.job_id = %(job_id)s),
    over as (
        select k.* from kept_value k
          left join named n on n.stream = k.stream and n.key = k.key and n.of = k.of
          left join spoken p on p.stream = k.stream and p.of = k.of
         where n.key is not null or (k.is_list and p.of is not null)
    )
    select stream, key, of, coefficient, min_quantity, coalesce(s.product_key, o.product_key), s.value, s.currency,
           s.key is null, o.place
      from (select * from said_value where value is not null) s
      full join over o using (stream, key, of, coefficient, min_quantity)
     where (s.product_key, s.value, s.currency) is distinct from (o.product_key, o.value, o.currency)
"""
_SIZE = "analyze changed_value"


async def find_differences(connection: Transaction, run: ValuesRun) -> None:
    """Make the temporary tables ``said_offer``, ``said_value`` and ``changed_value``, unless this transaction has them.

    It runs inside of :func:`linear`.

    ``said_offer`` holds each key of which a list came; ``changed_value`` the values to be written, and with ``is_gone``
    those to be deleted, at their ``place``.
    """
    (is_found,) = await (await execute(connection, _IS_FOUND)).fetchone() or (False,)
    if is_found:
        return
    for statement in (*_TABLES, _SAID_OFFERS, _SAID_VALUES, _SIZES, _KEPT, _KEPT_SIZE, _CHANGED, _SIZE):
        await execute(connection, statement, run.key, prepare=False)
