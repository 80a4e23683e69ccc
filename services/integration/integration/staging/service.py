"""Bringing a source's whole list into the staging table."""

from typing import Any

from ecatalog.db.database import Database, driver_connection
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession

from integration.connectors.soap import Batch, Outcome, SoapSource, SourceSettings
from integration.connectors.soap.rows import INSIDE
from integration.integrations.models import Integration
from integration.staging.cutting import Cutter
from integration.tasks.metrics import FETCHED, count_rows
from integration.tasks.queue import Lease, hold
from integration.tasks.service import announce, complete_if_done

DUPLICATE = "duplicate code"
NOTHING_CAME = "The source answered with an empty list; nothing was changed."

_COPY = "copy staged_row (task_id, n, code, payload, reason, list) from stdin (format binary)"
_TYPES = ("int8", "int4", "text", "text", "text", "int2")

# Both pass over the rows once whatever the planner believes of a table that fills and empties all day: a join that
# it takes for small would compare each row with each.
_DUPLICATES = """
    with gone as (
        delete from staged_row s
         where s.task_id = %(id)s and s.n = any(array(
               select p.n from (select n, lead(n) over (partition by code order by n) is not null as superseded
                                  from staged_row where task_id = %(id)s and payload is not null) p
                where p.superseded))
        returning s.n, s.code
    )
    insert into sync_item_error (task_id, code, error) select %(id)s, code, %(reason)s from gone order by n
"""
_OTHERS = "delete from staged_row where task_id = %(id)s and list <> all(%(lists)s)"
_INSIDE = "update staged_row set payload = null, reason = %(reason)s where task_id = %(id)s and list = any(%(lists)s)"
_REJECTED = """
    with gone as (
        delete from staged_row where task_id = %(id)s and payload is null returning n, code, reason
    )
    insert into sync_item_error (task_id, code, error) select %(id)s, code, reason from gone order by n
"""
_CHUNKS = """
    insert into sync_chunk (task_id, chunk, first_n, last_n, rows)
    select %(id)s, place - 1, (%(first)s::integer[])[place], (%(last)s::integer[])[place], count(*)
      from (select width_bucket(n, %(first)s::integer[]) as place from staged_row where task_id = %(id)s) r
     group by place
"""
_PROCESSING = """
    update sync_task set status = 'processing', total = %(total)s, errors = %(errors)s, processed = %(errors)s,
           message = %(message)s, warnings = %(warnings)s
     where id = %(id)s
"""


async def fetch(database: Database, lease: Lease, source: SourceSettings, integration: Integration) -> None:
    """Read the list and turn the task to ``processing``, in one transaction.

    Whatever goes wrong, of an incomplete list nothing stays. Raises a SourceError, or LeaseLost when the task is no
    longer ours at the end.
    """
    operation = getattr(integration, f"method_{lease.sync_type}")
    async with database.session() as session:
        connection = await driver_connection(session)
        cutter = Cutter(integration.chunk_size)
        async with SoapSource(source) as reader:
            await _copy(connection, lease, reader.rows(lease.sync_type, operation), cutter)
        await hold(session, lease)
        await _settle(session, connection, lease, cutter, reader.outcome)


async def _copy(connection: AsyncConnection[Any], lease: Lease, batches: Any, cutter: Cutter) -> None:
    fetched = FETCHED.labels(lease.sync_type)
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        async for batch in batches:
            fetched.inc(len(batch))
            for row in _records(lease.id, batch, cutter):
                await copy.write_row(row)


def _records(task: int, batch: Batch, cutter: Cutter) -> Any:
    for row in batch.rows:
        yield task, cutter.place(len(row.payload)), row.code, row.payload.decode(), None, batch.of_list
    for rejected in batch.rejected:
        yield task, cutter.place(0), rejected.code, None, rejected.reason, batch.of_list


async def _settle(
    session: AsyncSession, connection: AsyncConnection[Any], lease: Lease, cutter: Cutter, outcome: Outcome
) -> None:
    """Sort out what cannot be sent, cut the rest into chunks, and tell the numbers."""
    key = {"id": lease.id}
    total = cutter.count - await _drop_others(connection, lease, outcome)
    rejected = (await connection.execute(_REJECTED, key)).rowcount
    duplicates = (await connection.execute(_DUPLICATES, {**key, "reason": DUPLICATE})).rowcount
    spans = cutter.spans()
    ends = {"first": [span.first for span in spans], "last": [span.last for span in spans]}
    await connection.execute(_CHUNKS, {**key, **ends})
    message = outcome.message if total else " ".join(filter(None, (NOTHING_CAME, outcome.message)))
    numbers = {"total": total, "errors": rejected + duplicates, "message": message, "warnings": outcome.warnings}
    await connection.execute(_PROCESSING, {**key, **numbers})
    count_rows(session, lease.sync_type, error=rejected + duplicates)
    await announce(session, lease.task_id)
    await complete_if_done(session, lease.task_id)


async def _drop_others(connection: AsyncConnection[Any], lease: Lease, outcome: Outcome) -> int:
    """Take out the rows of lists that are not meant; how many they were."""
    if outcome.refused:
        refused = {"id": lease.id, "lists": outcome.refused, "reason": INSIDE}
        await connection.execute(_INSIDE, refused)
    if not outcome.has_others:
        return 0
    return (await connection.execute(_OTHERS, {"id": lease.id, "lists": [*outcome.read, *outcome.refused]})).rowcount
