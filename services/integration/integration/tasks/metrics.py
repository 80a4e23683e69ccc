"""How many syncs there are, how fast they go and how they end."""

from ecatalog.contracts.integration import SyncType
from ecatalog.db.database import after_commit
from prometheus_client import Counter, Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from integration.tasks.models import UNFINISHED

RUNNING = Gauge("syncs_running", "Syncs that a worker holds")
WAITING = Gauge("syncs_waiting", "Syncs that no worker holds: queued, or their worker was lost")
ENDED = Counter("syncs_ended_total", "Syncs that ended", ["type", "status"])
FETCHED = Counter("sync_rows_fetched_total", "Rows that sources sent, whatever became of them", ["type"])
ROWS = Counter("sync_rows_total", "Rows whose fate is known", ["type", "outcome"])

QUEUE = (
    "select count(*) filter (where lease_until > now()), count(*) filter (where lease_until > now() is not true)"  # noqa: S608 - a constant
    f" from sync_task where {UNFINISHED}"
)
"""The values of ``RUNNING`` and ``WAITING``."""


def count_rows(session: AsyncSession, sync_type: SyncType, **outcomes: int) -> None:
    """Count rows by their outcome once the transaction is committed."""

    def count() -> None:
        for outcome, rows in outcomes.items():
            ROWS.labels(sync_type, outcome).inc(rows)

    after_commit(session, count)


def count_end(session: AsyncSession, sync_type: SyncType, status: str) -> None:
    """Count the end of a sync once the transaction is committed."""
    after_commit(session, ENDED.labels(sync_type, status).inc)
