"""100,000 values are merged by a few statements over all of them."""

import time
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from integration.values.run import VALUE_STREAMS, OfferCounts, ValuesRun
from integration.values.steps import add_ready_rows, settle

from .lists import RETAIL
from .runs import Base, mapping

PRODUCTS = 50_000
_OFFERS = """
    insert into staged_offer (job_id, n, stream, key, product_key)
    select %(id)s, n, 'prices', 'k-' || n, 'k-' || n from generate_series(1, %(products)s) n
"""
_VALUES = """
    insert into staged_value (job_id, n, stream, key, product_key, of, value)
    select %(id)s, n, 'prices', 'k-' || n, 'k-' || n, t.of, n + %(more)s
      from generate_series(1, %(products)s) n cross join (values ('t-retail'), ('t-trade')) t(of)
"""


async def bring(base: Base, run: ValuesRun, products: int, more: int) -> tuple[dict[str, int], OfferCounts, float]:
    """Stage prices of so many products, and bring the run to its end."""
    about: dict[str, Any] = {"id": run.job_id, "products": products, "more": more}
    for statement in (_OFFERS, _VALUES):
        await base.database.execute(statement, about)
    began = time.perf_counter()
    async with base.database.transaction() as connection:
        rows = await add_ready_rows(connection, run, [])
    async with base.database.transaction() as connection:
        counts = await settle(connection, run, [])
    return rows, counts["prices"], time.perf_counter() - began


async def test_100_000_values_are_merged_at_once(database: Database) -> None:
    base = await Base.made(database)
    chosen = mapping(price_types={"base_price": RETAIL})
    first = await bring(base, await base.begin(chosen), PRODUCTS, 0)
    assert first[:2] == ({"prices": PRODUCTS, "stock": 0}, OfferCounts(PRODUCTS, 0, 0, PRODUCTS, 0))
    again = await bring(base, await base.begin(chosen, complete="changes"), PRODUCTS, 0)
    assert again[:2] == (dict.fromkeys(VALUE_STREAMS, 0), OfferCounts(PRODUCTS, 0, 0, PRODUCTS, PRODUCTS))
    few = await bring(base, await base.begin(chosen, complete="changes"), 300, 1)
    assert few[0]["prices"] == 300
    assert max(first[2], again[2]) < 30
    async with database.transaction() as connection:
        cursor = await execute(connection, "select count(*), sum(value) from source_value")
        assert await cursor.fetchone() == (2 * PRODUCTS, PRODUCTS * (PRODUCTS + 1) + 600)
