"""The columns of the catalog are made of the values of a product, by the choices of the mapping."""

from collections.abc import Collection

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Sql, compose, execute, join, literal, placeholder

from integration.mappings.model import TOTAL as ALL_WAREHOUSES
from integration.values.plans import linear
from integration.values.run import PRICES, VALUE_STREAMS, ValuesRun
from integration.values.touched import find_touched, set_unknown

_TABLE = """
    create temporary table if not exists touched_value (
        stream text, product_key text, key text, of text, coefficient numeric, min_quantity numeric, value numeric,
        currency text
    ) on commit drop
"""
_TOUCHED = """
    insert into touched_value
    select v.stream, v.product_key, v.key, v.of, v.coefficient, v.min_quantity, v.value, v.currency
      from touched_product t
     cross join lateral (
        select k.* from source_value k
         where k.project_id = %(project_id)s and k.base = %(base)s and k.stream = t.stream and k.product_key = t.key
        offset 0
     ) v
     where t.stream = %(stream)s
"""
_SIZE = "analyze touched_value"
# The values of the products touched, as they will be when the run has settled.
_EFFECTIVE = compose(
    """
    select v.product_key, v.key, v.of, v.coefficient, v.min_quantity, v.value, v.currency
      from touched_value v
      left join changed_value c on c.stream = v.stream and c.key = v.key and c.of = v.of
       and c.coefficient = v.coefficient and c.min_quantity = v.min_quantity
     where v.stream = %(stream)s and c.key is null
     union all
    select c.product_key, c.key, c.of, c.coefficient, c.min_quantity, c.value, c.currency
      from touched_product t join changed_value c on c.product_key = t.key and c.stream = t.stream
     where t.stream = %(stream)s and not c.is_gone
    """
)
# The price of the product itself counts, or else the lowest of its variants; of several of one type the one for the
# smallest quantity. 1C gives prices of a unit that holds ``coefficient`` units of the product.
_PRICES = compose(
    """
    select distinct on (x.product_key, x.of) x.product_key, x.of, x.price, x.currency
      from (select distinct on (e.product_key, e.key, e.of) e.product_key, e.key, e.of, e.currency,
                   round(e.value / e.coefficient, 2) as price
              from ({effective}) e where e.of = any(%(chosen)s::text[])
             order by e.product_key, e.key, e.of, e.min_quantity, e.coefficient) x
     order by x.product_key, x.of, x.key <> x.product_key, x.price, x.key
    """,
    effective=_EFFECTIVE,
)
_ROWS = """
    insert into ready_row (job_id, stream, n, key, body)
    select %(job_id)s, %(stream)s, row_number() over (order by x.key) - 1, x.key,
           json_build_object('key', x.key, 'values', x.columns)::text
      from (
        select t.key, {columns} as columns
          from touched_product t left join ({values}) e on e.product_key = t.key
         where t.stream = %(stream)s group by t.key
      ) x
"""
_TOTAL = compose("jsonb_build_object('stock_quantity', round(sum(e.value) filter (where e.of = ''), 2)::text)")
# A product of which some warehouse is known has nothing in those that are not named.
_WAREHOUSES = compose(
    """
    jsonb_build_object('stock_quantity', case when count(*) filter (where e.of <> '') > 0
        then round(coalesce(sum(e.value) filter (where e.of = any(%(chosen)s::text[])), 0), 2)::text end)
    """
)
# The currency is that of the base price, and stays as it is while there is none.
_CURRENCY = compose(
    """
     || case when max(e.currency) filter (where e.of = %(base_price)s) is null then '{{}}'
             else jsonb_build_object('currency', max(e.currency) filter (where e.of = %(base_price)s)) end
    """
)


async def add_ready_rows(connection: Transaction, run: ValuesRun, unknown: Collection[str]) -> dict[str, int]:
    """Write the chosen columns of all products touched into ``ready_row``; return the rows by stream.

    Touched are those that came (of a list of changes only those that differ from what is kept), those that were parked
    and are known now, and all of the base when the choices are newer than the last run. Nothing chosen: no rows.
    ``sync_stream.complete`` of the stream must be written.
    """
    rows = dict.fromkeys(VALUE_STREAMS, 0)
    async with linear(connection):
        await set_unknown(connection, unknown)
        for stream in filter(run.chooses, VALUE_STREAMS):
            await find_touched(connection, run, stream)
            rows[stream] = await _add(connection, run, stream)
    return rows


async def _add(connection: Transaction, run: ValuesRun, stream: str) -> int:
    chosen = list(run.price_types.values()) if stream == PRICES else list(run.mapping.stock or ())
    parameters = run.key | run.price_types | {"stream": stream, "chosen": chosen}
    for statement in (_TABLE, _TOUCHED, _SIZE):
        await execute(connection, statement, parameters, prepare=False)
    return (await execute(connection, _statement(run, stream), parameters, prepare=False)).rowcount


def _statement(run: ValuesRun, stream: str) -> Sql:
    if stream == PRICES:
        return compose(_ROWS, columns=_price_columns(run), values=_PRICES)
    is_total = run.mapping.stock == ALL_WAREHOUSES
    return compose(_ROWS, columns=_TOTAL if is_total else _WAREHOUSES, values=_EFFECTIVE)


def _price_columns(run: ValuesRun) -> Sql:
    pairs = [
        compose("{name}, (max(e.price) filter (where e.of = {of}))::text", name=literal(column), of=placeholder(column))
        for column in run.price_types
    ]
    currency = _CURRENCY if "base_price" in run.price_types else compose("")
    return compose("jsonb_build_object({pairs}){currency}", pairs=join(", ", pairs), currency=currency)
