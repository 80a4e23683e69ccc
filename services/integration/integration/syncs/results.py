"""The results of chunks are added to their syncs, each once."""

from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.events.envelope import Event
from ecatalog.jobs import progress, queue
from ecatalog.jobs.progress import JobError

from integration.syncs.metrics import count_rows

_APPLIED = """
    update sync_chunk c set applied = true from job j
     where j.task_id = %(task_id)s and c.job_id = j.id and c.chunk = %(chunk)s and not c.applied
    returning c.job_id, c.rows, j.args ->> 'sync_type'
"""


async def add_result(connection: Transaction, event: Event[ChunkApplied]) -> None:
    """Count a chunk whose result comes for the first time; also after its sync was cancelled."""
    result = event.data
    chunk = {"task_id": result.task_id, "chunk": result.chunk}
    found = await (await execute(connection, _APPLIED, chunk)).fetchone()
    if found is None:
        return
    job_id, rows, sync_type = found
    count_rows(
        connection, sync_type, created=result.created, updated=result.updated - result.unchanged,
        unchanged=result.unchanged, error=len(result.failed),
    )  # fmt: skip
    await _add(connection, job_id, rows, result)


async def _add(connection: Transaction, job_id: int, rows: int, result: ChunkApplied) -> None:
    is_whole = result.created + result.updated + len(result.failed) == rows
    await progress.add_result(
        connection, job_id, created=result.created, updated=result.updated, unchanged=result.unchanged,
        errors=[JobError(failure.code, failure.error) for failure in result.failed], processed=rows, last=is_whole,
    )  # fmt: skip
    if not is_whole:
        await queue.fail(connection, job_id, f"The catalog did not account for every row of chunk {result.chunk}")
