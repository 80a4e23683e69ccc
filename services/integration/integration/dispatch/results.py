"""Adding the results of chunks to their tasks, each once."""

from typing import Any

from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.events.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from integration.tasks.bell import RING
from integration.tasks.service import complete_if_done, fail

_TASK = text("select id from sync_task where task_id = :task_id for update")
_APPLY = text(
    "update sync_chunk set applied = true where task_id = :task and chunk = :chunk and not applied returning rows"
)
_ADD = text(
    "update sync_task set created = created + :created, updated = updated + :updated,"
    " unchanged = unchanged + :unchanged, errors = errors + :failed, processed = processed + :rows where id = :task"
)
_FAILURES = text("insert into sync_item_error (task_id, code, error) values (:task, :code, :error)")


async def add_result(session: AsyncSession, event: Event[ChunkApplied]) -> None:
    """Count a chunk whose result comes for the first time; also after its task was cancelled."""
    result = event.data
    task = (await session.execute(_TASK, {"task_id": result.task_id})).scalar()
    rows = (await session.execute(_APPLY, {"task": task, "chunk": result.chunk})).scalar()
    if rows is None:
        return
    if result.created + result.updated + len(result.failed) != rows:
        await fail(session, result.task_id, f"The catalog did not account for every row of chunk {result.chunk}")
        return
    await session.execute(_ADD, _numbers(task, rows, result))
    if result.failed:
        await session.execute(_FAILURES, [{"task": task, **failure.model_dump()} for failure in result.failed])
    await complete_if_done(session, result.task_id)
    await session.execute(text(RING))


def _numbers(task: int | None, rows: int, result: ChunkApplied) -> dict[str, Any]:
    return {
        "task": task,
        "rows": rows,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "failed": len(result.failed),
    }
