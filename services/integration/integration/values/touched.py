"""The products whose columns a run makes anew."""

from collections.abc import Collection

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Sql, compose, execute

from integration.values.differences import find_differences
from integration.values.run import ValuesRun

_UNKNOWN = (
    "create temporary table if not exists unknown_product (key text) on commit drop",
    "delete from unknown_product",
    "insert into unknown_product select distinct k.key from unnest(%(unknown)s::text[]) k(key)",
    "analyze unknown_product",
)
_TABLE = "create temporary table if not exists touched_product (stream text, key text) on commit drop"
# The choices are those of the last run if that had this version of the mapping, for this project and base.
_STATE = """
    select coalesce(bool_or(s.mapping_version = %(version)s and s.project_id = %(project_id)s and s.base = %(base)s),
                    false),
           coalesce(bool_or(s.is_stale), false)
           or exists (select from sync_stream t
                       where t.job_id = %(job_id)s and t.stream = %(stream)s and t.complete = 'yes')
      from source_snapshot s where s.integration_id = %(integration_id)s and s.stream = %(stream)s
"""
_CHANGED = compose("select c.product_key from changed_value c where c.stream = %(stream)s")
_SAID = compose("select o.product_key from said_offer o where o.stream = %(stream)s")
_ALL = compose(
    """
    {said}
     union
    select v.product_key from source_value v
     where v.project_id = %(project_id)s and v.base = %(base)s and v.stream = %(stream)s
    """,
    said=_SAID,
)
_ADD = """
    insert into touched_product
    select %(stream)s, x.product_key from (
        {products}
         union
        select p.key from source_parked p
         where p.project_id = %(project_id)s and p.base = %(base)s and p.stream = %(stream)s
        except
        select u.key from unknown_product u
    ) x
"""
_SIZE = "analyze touched_product"


async def set_unknown(connection: Transaction, unknown: Collection[str]) -> None:
    """Make the temporary table ``unknown_product`` of the products that the catalog does not have."""
    for statement in _UNKNOWN:
        await execute(connection, statement, {"unknown": list(unknown)}, prepare=False)


async def find_touched(connection: Transaction, run: ValuesRun, stream: str) -> None:
    """Add the products of a stream that the catalog has to the temporary table ``touched_product``.

    Of a whole list, and as long as the memory is not to be trusted, these are all that came; of changes those whose
    values differ. Those that were parked and are known now are among them, and all of the base when the choices are
    newer than its last run.
    """
    await find_differences(connection, run)
    await execute(connection, _TABLE, prepare=False)
    products = await _products(connection, run, stream)
    await execute(connection, compose(_ADD, products=products), run.key | {"stream": stream}, prepare=False)
    await execute(connection, _SIZE, prepare=False)


async def _products(connection: Transaction, run: ValuesRun, stream: str) -> Sql:
    state = await (await execute(connection, _STATE, run.key | {"stream": stream})).fetchone()
    same_choices, sends_all = state or (False, False)
    if not same_choices:
        return _ALL
    return _SAID if sends_all else _CHANGED
