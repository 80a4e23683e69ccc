"""Keeps the list of the rows that a job has not looked at yet."""

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute
from ecatalog.entities.filters import Where

TABLES = frozenset({"description_todo", "description_claim", "generated_description"})
"""The rows of a job, its claims on those that it works on, and what a model wrote for which row."""

_ADD = "insert into description_todo (job_id, row_id) select %(job_id)s, unnest(%(ids)s::bigint[])"
_ADD_ALL = """
    insert into description_todo (job_id, row_id)
    select {job_id}, t.id from {table} t where {where} order by t.id limit {limit}
"""
_NEXT = """
    select row_id from description_todo
     where job_id = %(job_id)s and row_id > %(after)s order by row_id limit %(count)s
"""
_SETTLE = "delete from description_todo where job_id = %(job_id)s and row_id = any(%(ids)s) returning row_id"
_REMOVE = "delete from description_todo where job_id = %(job_id)s"


async def add(connection: Transaction, job_id: int, ids: list[int]) -> int:
    """Add rows, and return their number."""
    return (await execute(connection, _ADD, {"job_id": job_id, "ids": ids})).rowcount


async def add_all(connection: Transaction, job_id: int, table: Ident, where: Where, limit: int | None) -> int:
    """Add at most ``limit`` rows that ``where`` selects, and return their number."""
    of_job, at_most = where.parameter(job_id), where.parameter(limit)
    sql = compose(_ADD_ALL, table=table, where=where.sql, job_id=of_job, limit=at_most)
    return (await execute(connection, sql, where.parameters)).rowcount


async def remove(connection: Transaction, job_id: int) -> None:
    await execute(connection, _REMOVE, {"job_id": job_id})


class TodoRows:
    """Gives a run the rows of a job that are left."""

    def __init__(self, database: Database, job_id: int) -> None:
        self._database = database
        self._job_id = job_id
        self._after = 0

    async def ids(self, count: int) -> list[int]:
        parameters = {"job_id": self._job_id, "after": self._after, "count": count}
        ids = [row_id for (row_id,) in await self._database.fetch_rows(_NEXT, parameters)]
        if ids:
            self._after = ids[-1]
        return ids

    async def settle(self, connection: Transaction, ids: list[int]) -> set[int]:
        """Take rows off the list; return those that were still on it: they are counted once, whoever worked on them."""
        settled = await execute(connection, _SETTLE, {"job_id": self._job_id, "ids": ids})
        return {row_id for (row_id,) in await settled.fetchall()}
