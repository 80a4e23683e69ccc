"""The results of keyed chunks are added to their runs, each once."""

from collections.abc import Sequence
from typing import NamedTuple

from ecatalog.contracts.catalog import KeyedChunkApplied
from ecatalog.contracts.integration import SyncType
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.events.envelope import Event
from ecatalog.jobs import progress, queue
from ecatalog.jobs.progress import JobError
from ecatalog.jobs.schema import UNFINISHED

from integration.runs import numbers
from integration.runs.run import VALUED
from integration.syncs.metrics import count_rows

_APPLIED = """
    update sync_chunk c set applied = true from job j
     where j.task_id = %(task_id)s and c.job_id = j.id and c.chunk = %(chunk)s and not c.applied
    returning c.job_id, c.rows, c.stream, j.args ->> 'sync_type'
"""
# After the end of a run nobody would delete them.
_NOT_TAKEN = compose(
    """
    insert into failed_row (job_id, stream, key)
    select j.id, %(stream)s, k.key from job j cross join unnest(%(keys)s::text[]) k(key)
     where j.id = %(id)s and j.{unfinished}
    """,
    unfinished=UNFINISHED,
)
_UNDELIVERABLE = "update sync_stream set is_undeliverable = true where job_id = %(id)s and stream = %(stream)s"


class _Chunk(NamedTuple):
    job_id: int
    rows: int
    stream: str
    sync_type: SyncType


async def add_result(connection: Transaction, event: Event[KeyedChunkApplied]) -> None:
    """Count a chunk whose result comes for the first time; also after its run was cancelled."""
    result = event.data
    about = {"task_id": result.task_id, "chunk": result.chunk}
    found = await (await execute(connection, _APPLIED, about)).fetchone()
    if found is None:
        return
    chunk = _Chunk(*found)
    await _keep_not_taken(connection, chunk, result)
    if chunk.stream in VALUED:
        await _add_columns(connection, chunk, result)
    else:
        await _add_rows(connection, chunk, result)
    settled = result.created + result.updated + len(result.parked) + len(result.skipped) + len(result.failed)
    if settled != chunk.rows:
        sentence = f"The catalog did not account for every row of chunk {result.chunk}"
        await queue.fail(connection, chunk.job_id, sentence)


async def _keep_not_taken(connection: Transaction, chunk: _Chunk, result: KeyedChunkApplied) -> None:
    keys = [*result.parked, *result.skipped, *(failure.key or failure.code or "" for failure in result.failed)]
    about = {"id": chunk.job_id, "stream": chunk.stream}
    if keys:
        await execute(connection, _NOT_TAKEN, about | {"keys": keys})
    if result.undeliverable:
        await execute(connection, _UNDELIVERABLE, about)


async def _add_rows(connection: Transaction, chunk: _Chunk, result: KeyedChunkApplied) -> None:
    skipped = len(result.parked) + len(result.skipped)
    errors = _errors(chunk, result)
    count_rows(
        connection, chunk.sync_type, created=result.created, updated=result.updated - result.unchanged,
        unchanged=result.unchanged, error=len(errors),
    )  # fmt: skip
    await numbers.add(connection, chunk.job_id, chunk.stream, {
        "processed": chunk.rows, "created": result.created, "updated": result.updated, "unchanged": result.unchanged,
        "errors": len(errors), "parked": len(result.parked), "skipped": len(result.skipped), "linked": result.linked,
        "relinked": result.relinked, "renamed": result.renamed, "kept": result.kept,
    })  # fmt: skip
    await progress.add_result(
        connection, chunk.job_id, created=result.created, updated=result.updated, unchanged=result.unchanged,
        skipped=skipped, errors=errors, processed=chunk.rows,
    )  # fmt: skip


async def _add_columns(connection: Transaction, chunk: _Chunk, result: KeyedChunkApplied) -> None:
    """Keep the errors of prices and stock: what they count are lists, and those are counted when a run is settled."""
    await progress.add_errors(connection, chunk.job_id, _errors(chunk, result))
    await progress.add_result(connection, chunk.job_id)


def _errors(chunk: _Chunk, result: KeyedChunkApplied) -> Sequence[JobError]:
    about = {"stream": chunk.stream}
    return [JobError(failure.code or failure.key, failure.error, details=about) for failure in result.failed]
