"""Rows that tests start from."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from ecatalog.contracts.integration import SyncType
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.notify import Listener
from ecatalog.db.sql import execute
from ecatalog.jobs import claims, queue, schedules
from ecatalog.jobs.job import Job
from ecatalog.jobs.liveness import CHANNEL
from ecatalog.jobs.status import WIRE_STATUS
from ecatalog.jobs.timing import Timing
from integration.integrations.models import Integration
from integration.schedules.args import ScheduleArgs
from integration.syncs import service
from integration.syncs.args import SyncArgs, subject_of
from integration.syncs.job import QUEUE, SYNC

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
"""When the clocks of tests begin that move them."""

_SYNC = f"select j.*, coalesce(j.total, 0) as total, {WIRE_STATUS} as status from job j where j.task_id = %(task_id)s"  # noqa: S608 - constants

_RUN = """
    insert into job (task_id, queue, task, args, subject, status, created_at, started_at, finished_at, error)
    values (%(task_id)s, 'syncs', 'sync', %(args)s::jsonb, %(subject)s, %(status)s, %(at)s, %(at)s,
            case when %(status)s in ('todo', 'doing') then null else %(at)s end,
            case when %(status)s = 'failed' then '1C is away' end)
"""
_AT_WORK = """
    update job set status = 'doing', phase = 'apply', total = %(total)s, processed = %(rejected)s, errors = %(rejected)s
     where task_id = %(id)s
"""
_CHUNKS = """
    insert into sync_chunk (job_id, chunk, first_n, last_n, rows)
    select j.id, c.position - 1, 0, c.size - 1, c.size
      from job j cross join unnest(%(sizes)s::int[]) with ordinality c(size, position) where j.task_id = %(id)s
"""


async def add_project(database: Database, project_id: int = 1, code: str = "P-1", name: str = "Project") -> int:
    await database.execute(
        "insert into project values (%(id)s, %(code)s, %(name)s, 1, false)",
        {"id": project_id, "code": code, "name": name},
    )
    return project_id


async def add_integration(database: Database, wsdl_url: str = "http://127.0.0.1:9/ws?wsdl", **changes: Any) -> int:
    values: dict[str, Any] = {
        "name": "1C", "project_id": 1, "wsdl_url": wsdl_url, "method_nomenklatura": "GetProductList",
        "method_clients": "GetClientList", "chunk_size": 10, "is_active": True, "invert_is_active": False, "timeout": 5,
    }  # fmt: skip
    async with database.session() as session:
        integration = Integration(**{**values, **changes})
        session.add(integration)
        await session.flush()
        return int(integration.id or 0)


async def start(database: Database, integration: int, sync_type: SyncType = "nomenklatura") -> UUID:
    started = await service.start(database, integration, sync_type)
    return UUID(str(started["task_id"]))


async def add_schedule(
    database: Database, integration: int, timing: Timing, *streams: SyncType, is_active: bool = True,
    now: datetime = NOON,
) -> int:  # fmt: skip
    """A schedule of these streams, or of products, that was made at a time."""
    args = ScheduleArgs(integration_id=integration, streams=streams or ("nomenklatura",), mode="full")
    async with database.transaction() as connection:
        return await schedules.create(
            connection, SYNC, subject_of(integration), args, timing, is_active=is_active, now=now
        )


async def add_run(
    database: Database, integration: int, status: str, at: datetime, stream: str = "nomenklatura", **args: Any
) -> UUID:
    """A run that began and, unless it is at work, ended at this time."""
    task_id = uuid7()
    values = {"integration_id": integration, "sync_type": stream} | args
    about = {"task_id": task_id, "subject": f"integration/{integration}", "status": status, "at": at}
    await database.execute(_RUN, about | {"args": orjson.dumps(values).decode()})
    return task_id


async def at_work(database: Database, task_id: UUID, sizes: Sequence[int], rejected: int = 0) -> None:
    """Bring a sync to where chunks of these sizes are in flight, after so many rows were rejected."""
    numbers = {"id": task_id, "total": sum(sizes) + rejected, "rejected": rejected}
    await database.execute(_AT_WORK, numbers)
    await database.execute(_CHUNKS, {"id": task_id, "sizes": list(sizes)})


async def sync(database: Database, task_id: UUID) -> dict[str, Any]:
    """The job of a sync, with the status that clients know."""
    async with database.connection() as connection:
        cursor = await execute(connection, _SYNC, {"task_id": task_id})
        row = await cursor.fetchone()
        assert row is not None
        found = {column.name: value for column, value in zip(cursor.description or (), row, strict=True)}
        return found | {"warnings": orjson.loads(found["warnings"])}


async def claim(database: Database, worker_id: int = 1) -> Job[SyncArgs] | None:
    """The first sync that may run, claimed. Others may take it over at once unless there is a worker of that number."""
    claimed = await claims.claim(database, QUEUE, [SYNC], worker_id)
    return Job(database, Listener(CHANNEL), SYNC, claimed) if claimed else None


async def claimed(database: Database, worker_id: int = 1) -> Job[SyncArgs]:
    job = await claim(database, worker_id)
    assert job is not None
    return job


def listener(job: Job[SyncArgs]) -> Listener:
    """By which a claimed sync hears of its results."""
    return job._listener


async def release(database: Database, job: Job[SyncArgs]) -> None:
    await claims.release(database, job.claimed)


async def cancel(database: Database, task_id: UUID, message: str = "Cancelled by user 5") -> None:
    async with database.transaction() as connection:
        await queue.cancel(connection, (await sync(database, task_id))["id"], message)


async def count(database: Database, table: str) -> int:
    row = await database.fetch_row(f"select count(*) from {table}")  # noqa: S608 - a name in a test
    assert row is not None
    return int(row[0])
