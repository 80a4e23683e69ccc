"""Starting, cancelling and ending syncs."""

from typing import Any
from uuid import UUID

from ecatalog.contracts.integration import SYNC_CHANGED, SyncChanged, SyncType
from ecatalog.core.errors import NOT_FOUND, ApiError, Conflict, NotFound
from ecatalog.core.ids import uuid7
from ecatalog.db.database import driver_connection
from ecatalog.events.outbox import publish
from ecatalog.telemetry.context import request_id
from ecatalog.telemetry.logging import logger
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from integration.tasks.bell import ring
from integration.tasks.metrics import count_end
from integration.tasks.models import UNFINISHED

log = logger(__name__)

MESSAGES = {"nomenklatura": "Nomenklatura sync started for {}", "clients": "Clients sync started for {}"}
AT_ONCE = 2  # one that runs and one that waits

INACTIVE = "The integration is switched off (is_active is false): switch it on to start a sync."
_INTEGRATION = text(
    "select i.id, i.name, (select p.name from project p where p.id = i.project_id) as project, i.is_active"
    " from integration i where i.id = :id and not i.is_deleted for update"
)
_WAITING = text(
    f"select task_id from sync_task where integration_id = :id and sync_type = :sync_type and {UNFINISHED}"  # noqa: S608 - a constant
    f" order by id offset {AT_ONCE - 1}"
)
_START = text(
    "insert into sync_task (task_id, integration_id, sync_type, request_id)"
    " values (:task_id, :id, :sync_type, :request_id)"
)
_END = text(
    f"update sync_task set status = 'error', error_message = :message, completed_at = clock_timestamp()"  # noqa: S608 - a constant
    f" where task_id = :task_id and {UNFINISHED} returning sync_type"
)
_COMPLETE = text("update sync_task set status = 'completed', completed_at = clock_timestamp() where task_id = :task_id")
_STATE = text(
    "select task_id, integration_id, sync_type, status, total, processed, created, updated, unchanged, errors,"
    " error_message from sync_task where task_id = :task_id"
)


class SwitchedOff(ApiError):
    """404 as for an integration that is not there, with the reason."""

    status = 404

    def __init__(self) -> None:
        super().__init__({"detail": NOT_FOUND, "message": INACTIVE})


async def start(session: AsyncSession, integration_id: int, sync_type: SyncType) -> dict[str, Any]:
    """Queue a sync; while one runs and another waits, the waiting one is meant.

    The lock on the integration makes simultaneous starts count each other.
    """
    integration = (await session.execute(_INTEGRATION, {"id": integration_id})).mappings().one_or_none()
    if integration is None:
        raise NotFound
    if not integration["is_active"]:
        raise SwitchedOff
    who = {"id": integration_id, "sync_type": sync_type}
    task_id = (await session.execute(_WAITING, who)).scalar()
    if task_id is None:
        task_id = uuid7()
        await session.execute(_START, {"task_id": task_id, "request_id": request_id.get(), **who})
        await announce(session, task_id)
    return {
        "task_id": task_id,
        "status": "started",
        "message": MESSAGES[sync_type].format(integration["name"]),
        "integration": {name: integration[name] for name in ("id", "name", "project")},
    }


async def cancel(session: AsyncSession, task_id: UUID, user: str) -> None:
    """End a task; what was applied stays. A task that has ended is a conflict."""
    if not await fail(session, task_id, f"Cancelled by {user}"):
        known = (await session.execute(_STATE, {"task_id": task_id})).one_or_none()
        raise NotFound if known is None else Conflict({"detail": "The sync has already ended."})


async def fail(session: AsyncSession, task_id: UUID, message: str) -> bool:
    """End a task in error; False when it had ended before."""
    ended = (await session.execute(_END, {"task_id": task_id, "message": message})).one_or_none()
    if ended is None:
        return False
    log.warning("a sync ended in error", task_id=str(task_id), reason=message)
    count_end(session, ended.sync_type, "error")
    await announce(session, task_id)
    return True


async def complete_if_done(session: AsyncSession, task_id: UUID) -> None:
    """Complete a task whose every row is accounted for; one whose numbers do not add up ends in error."""
    state = (await session.execute(_STATE, {"task_id": task_id})).one()
    if state.status != "processing" or state.processed < state.total:
        return
    if not state.total == state.processed == state.created + state.updated + state.errors:
        await fail(session, task_id, "The numbers of the sync do not add up; see the log of the integration service")
        return
    await session.execute(_COMPLETE, {"task_id": task_id})
    log.info("a sync is complete", task_id=str(task_id), rows=state.total)
    count_end(session, state.sync_type, "completed")
    await announce(session, task_id)


async def announce(session: AsyncSession, task_id: UUID) -> None:
    """Tell the event of where the task stands, and wake the workers."""
    state = (await session.execute(_STATE, {"task_id": task_id})).mappings().one()
    await publish(await driver_connection(session), SYNC_CHANGED, SyncChanged.model_validate(dict(state)), key=task_id)
    await ring(session)
