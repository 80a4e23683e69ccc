"""Short ways to defer and to look at jobs."""

from collections.abc import Sequence
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.jobs import claims, queue
from ecatalog.jobs.claims import Claimed
from ecatalog.jobs.queue import Deferred
from ecatalog.jobs.task import Task

from .toys import CHUNKS, PLAIN, TOY, ChunkArgs, ToyArgs

TASKS = (CHUNKS, TOY, PLAIN)


async def defer(database: Database, task: Task[Any, Any] = TOY, move_to: str = "", **options: Any) -> Deferred:
    args = options.pop("args", ChunkArgs() if task is CHUNKS else ToyArgs())
    async with database.transaction() as connection:
        deferred = await queue.defer(connection, task, args, **options)
        if move_to:
            await queue.move(connection, deferred.id, move_to)
        return deferred


async def claim(database: Database, worker_id: int, name: str = "toys") -> Claimed | None:
    return await claims.claim(database, name, TASKS, worker_id)


async def claimed(database: Database, worker_id: int, name: str = "toys") -> Claimed:
    found = await claim(database, worker_id, name)
    assert found is not None
    return found


async def job(database: Database, job_id: int) -> dict[str, Any]:
    async with database.connection() as connection:
        cursor = await execute(connection, "select * from job where id = %(id)s", {"id": job_id})
        row = await cursor.fetchone()
        assert row is not None
        return {column.name: value for column, value in zip(cursor.description or (), row, strict=True)}


async def set_job(database: Database, job_id: int, values: str) -> None:
    """``values`` is SQL: what a test has happened to a job."""
    assert await database.execute(f"update job set {values} where id = %(id)s", {"id": job_id})  # noqa: S608 - the tests' own


async def column(database: Database, sql: str) -> Sequence[Any]:
    return [value for (value,) in await database.fetch_rows(sql)]
