"""How the planner goes over tables of which it knows nothing: those of runs fill and empty all day.

A join that it takes for small would compare each row with each. What looks rows up in the large table of values, by its
index, says so itself: ``lateral`` with ``offset 0``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

_FORMER = "select current_setting('enable_nestloop')"
_SET = "select set_config('enable_nestloop', %(value)s, true)"


@asynccontextmanager
async def linear(connection: Transaction) -> AsyncIterator[None]:
    """Let the statements inside pass over their rows once, and leave the transaction as it was."""
    (former,) = await (await execute(connection, _FORMER)).fetchone() or ("on",)
    await execute(connection, _SET, {"value": "off"})
    yield
    await execute(connection, _SET, {"value": former})
