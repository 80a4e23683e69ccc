"""A source's whole list is brought into the staging table."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.job import Job
from ecatalog.jobs.state import JobState

from integration.connectors.soap import Batch, ReadOutcome, SoapSource, SourceSettings
from integration.connectors.soap.rows import INSIDE
from integration.integrations.models import Integration
from integration.mappings.fields import keep_fields
from integration.syncs.args import SyncArgs
from integration.syncs.chunks import ChunkBounds
from integration.syncs.metrics import FETCHED, count_rows

DUPLICATE = "duplicate code"
NOTHING_CAME = "The source answered with an empty list; nothing was changed."

_COPY = "copy staged_row (job_id, n, code, payload, reason, list) from stdin (format binary)"
_TYPES = ("int8", "int4", "text", "text", "text", "int2")

# Both pass over the rows once whatever the planner believes of a table that fills and empties all day: a join that
# it takes for small would compare each row with each.
_DUPLICATES = """
    with gone as (
        delete from staged_row s
         where s.job_id = %(id)s and s.n = any(array(
               select p.n from (select n, lead(n) over (partition by code order by n) is not null as superseded
                                  from staged_row where job_id = %(id)s and payload is not null) p
                where p.superseded))
        returning s.n, s.code
    )
    insert into job_error (job_id, code, error) select %(id)s, code, %(reason)s from gone order by n
"""
_OTHERS = "delete from staged_row where job_id = %(id)s and list <> all(%(lists)s::int[])"
_INSIDE = """
    update staged_row set payload = null, reason = %(reason)s where job_id = %(id)s and list = any(%(lists)s::int[])
"""
_REJECTED = """
    with gone as (
        delete from staged_row where job_id = %(id)s and payload is null returning n, code, reason
    )
    insert into job_error (job_id, code, error) select %(id)s, code, reason from gone order by n
"""
_CHUNKS = """
    insert into sync_chunk (job_id, chunk, first_n, last_n, rows)
    select %(id)s, position - 1, (%(first)s::integer[])[position], (%(last)s::integer[])[position], count(*)
      from (select width_bucket(n, %(first)s::integer[]) as position from staged_row where job_id = %(id)s) r
     group by position
"""


async def fetch(job: Job[SyncArgs], source: SourceSettings, integration: Integration) -> JobState:
    """Read the list and bring the job to its second phase, in one transaction.

    Whatever goes wrong, nothing stays of an incomplete list. Raises a SourceError, or JobOver when the job is no longer
    ours at the end.
    """
    sync_type = job.args.sync_type
    operation = getattr(integration, f"method_{sync_type}")
    async with job.transaction() as connection:
        bounds = ChunkBounds(integration.chunk_size)
        async with SoapSource(source) as reader:
            await _copy(connection, job, reader.rows(sync_type, operation), bounds)
        await job.hold(connection)  # of two that fetch the same list one alone gets here, and sees no rows but its own
        return await _settle(connection, job, bounds, reader.outcome)


async def _copy(
    connection: Transaction, job: Job[SyncArgs], batches: AsyncIterator[Batch], bounds: ChunkBounds
) -> None:
    fetched = FETCHED.labels(job.args.sync_type)
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        async for batch in batches:
            fetched.inc(len(batch))
            for row in _records(job.id, batch, bounds):
                await copy.write_row(row)


def _records(job_id: int, batch: Batch, bounds: ChunkBounds) -> Iterator[tuple[Any, ...]]:
    for row in batch.rows:
        yield job_id, bounds.add(len(row.payload)), row.code, row.payload.decode(), None, batch.of_list
    for rejected in batch.rejected:
        yield job_id, bounds.add(0), rejected.code, None, rejected.reason, batch.of_list


async def _settle(connection: Transaction, job: Job[SyncArgs], bounds: ChunkBounds, outcome: ReadOutcome) -> JobState:
    """Sort out what cannot be sent, divide the rest into chunks, and write the numbers down."""
    sync_type, key = job.args.sync_type, {"id": job.id}
    total = bounds.count - await _drop_others(connection, job.id, outcome)
    rejected = (await execute(connection, _REJECTED, key)).rowcount
    duplicates = (await execute(connection, _DUPLICATES, key | {"reason": DUPLICATE})).rowcount
    await _divide(connection, job.id, bounds)
    count_rows(connection, sync_type, error=rejected + duplicates)
    await keep_fields(connection, job.args.integration_id, sync_type, outcome.fields)
    await job.release_lock(connection, job.args.fetch_lock)
    message = outcome.message if total else " ".join(filter(None, (NOTHING_CAME, outcome.message)))
    return await job.advance(
        connection, phase="apply", total=total, errors_written=rejected + duplicates, warnings=outcome.warnings,
        message=message, last=True,
    )  # fmt: skip


async def _divide(connection: Transaction, job_id: int, bounds: ChunkBounds) -> None:
    spans = bounds.spans()
    ends = {"first": [span.first for span in spans], "last": [span.last for span in spans]}
    await execute(connection, _CHUNKS, {"id": job_id, **ends})


async def _drop_others(connection: Transaction, job_id: int, outcome: ReadOutcome) -> int:
    """Delete the rows of lists that are not meant, and return their number."""
    if outcome.refused:
        await execute(connection, _INSIDE, {"id": job_id, "lists": outcome.refused, "reason": INSIDE})
    if not outcome.has_others:
        return 0
    lists = [*outcome.read, *outcome.refused]
    return (await execute(connection, _OTHERS, {"id": job_id, "lists": lists})).rowcount
