"""The table of tasks as a queue: leases, heartbeats and fences."""

from typing import NamedTuple
from uuid import UUID

from ecatalog.contracts.integration import SyncType
from ecatalog.db.database import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from integration.tasks.bell import ring
from integration.tasks.models import UNFINISHED
from integration.tasks.presence import ALIVE

LEASE_SECONDS = 8
HEARTBEAT_SECONDS = 2.0

FREE = f"(t.lease_until is null or t.lease_until < now() or not exists ({ALIVE.format(owner='t.owner')}))"

# Of one integration and type one task runs at a time, and a 1C base is never asked for two lists at once.
_BLOCKED = (
    "exists (select 1 from sync_task o where o.integration_id = t.integration_id and o.id < t.id"  # noqa: S608 - a constant
    f" and o.{UNFINISHED} and (o.sync_type = t.sync_type or o.status = 'fetching'))"
)
_CLAIM = text(f"""
    update sync_task set fence = fence + 1, owner = :owner, lease_until = now() + interval '{LEASE_SECONDS} s'
     where id = (select t.id from sync_task t where t.{UNFINISHED} and {FREE} and not {_BLOCKED}
                  order by t.id for update skip locked limit 1)
    returning id, task_id, integration_id, sync_type, status, fence, request_id
""")  # noqa: S608 - built from constants
_BEAT = text(
    f"update sync_task set lease_until = now() + interval '{LEASE_SECONDS} s'"  # noqa: S608 - a constant
    f" where id = :id and fence = :fence and {UNFINISHED} returning 1"
)
_HOLD = text(f"select 1 from sync_task where id = :id and fence = :fence and {UNFINISHED} for update")  # noqa: S608 - a constant
_RELEASE = text("update sync_task set lease_until = null where id = :id and fence = :fence")


class LeaseLost(Exception):
    """The task was cancelled, or another worker has it now."""


class Lease(NamedTuple):
    """A task that this worker may work on, under ``fence``."""

    id: int
    task_id: UUID
    integration_id: int
    sync_type: SyncType
    status: str
    fence: int
    request_id: str

    @property
    def key(self) -> dict[str, int]:
        return {"id": self.id, "fence": self.fence}


async def claim(database: Database, owner: int) -> Lease | None:
    """The oldest task that is free, taken for ``owner``."""
    async with database.session() as session:
        row = (await session.execute(_CLAIM, {"owner": owner})).one_or_none()
        return None if row is None else Lease(*row)


async def beat(database: Database, lease: Lease) -> None:
    """Make the lease last; raises :class:`LeaseLost`."""
    async with database.session() as session:
        if (await session.execute(_BEAT, lease.key)).one_or_none() is None:
            raise LeaseLost


async def hold(session: AsyncSession, lease: Lease) -> None:
    """Keep the task to this transaction until it ends; raises :class:`LeaseLost`."""
    if (await session.execute(_HOLD, lease.key)).one_or_none() is None:
        raise LeaseLost


async def release(database: Database, lease: Lease) -> None:
    """Let go of the task, if it is still ours."""
    async with database.session() as session:
        await session.execute(_RELEASE, lease.key)
        await ring(session)
