"""Adding the results of chunks to their tasks, each once."""

from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.events.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from integration.tasks.bell import ring
from integration.tasks.metrics import count_rows
from integration.tasks.service import complete_if_done, fail

_ADD = text("""
    with done as (
        update sync_chunk c set applied = true from sync_task t
         where t.task_id = :task_id and c.task_id = t.id and c.chunk = :chunk and not c.applied
        returning c.task_id, c.rows
    )
    update sync_task t
       set created = t.created + :created, updated = t.updated + :updated, unchanged = t.unchanged + :unchanged,
           errors = t.errors + :failed, processed = t.processed + done.rows
      from done where t.id = done.task_id returning t.id, t.sync_type, done.rows, t.processed, t.total
""")
_FAILURES = text("insert into sync_item_error (task_id, code, error) values (:task, :code, :error)")


async def add_result(session: AsyncSession, event: Event[ChunkApplied]) -> None:
    """Count a chunk whose result comes for the first time; also after its task was cancelled."""
    result = event.data
    numbers = result.model_dump(exclude={"failed"}) | {"failed": len(result.failed)}
    task = (await session.execute(_ADD, numbers)).one_or_none()
    if task is None:
        return
    count_rows(
        session, task.sync_type, created=result.created, updated=result.updated - result.unchanged,
        unchanged=result.unchanged, error=len(result.failed),
    )  # fmt: skip
    if result.failed:
        await session.execute(_FAILURES, [{"task": task.id, **failure.model_dump()} for failure in result.failed])
    if result.created + result.updated + len(result.failed) != task.rows:
        await fail(session, result.task_id, f"The catalog did not account for every row of chunk {result.chunk}")
    elif task.processed >= task.total:
        await complete_if_done(session, result.task_id)
    await ring(session, str(result.task_id))
