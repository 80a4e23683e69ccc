"""Metrics of syncs: how many there are, how fast they go and how they end.

``jobs_…`` and ``job_items_total`` say the same of all queues; all of these but ``FETCHED`` stay for one release.
"""

from ecatalog.contracts.integration import SyncType
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose
from ecatalog.jobs.schema import UNFINISHED
from prometheus_client import Counter, Gauge

RUNNING = Gauge("syncs_running", "Syncs that a worker holds")
WAITING = Gauge("syncs_waiting", "Syncs that no worker holds: queued, or their worker was lost")
ENDED = Counter("syncs_ended_total", "Syncs that ended", ["type", "status"])
FETCHED = Counter("sync_rows_fetched_total", "Rows that sources sent, whatever became of them", ["type"])
ROWS = Counter("sync_rows_total", "Rows whose fate is known", ["type", "outcome"])

QUEUE = compose(
    "select count(*) filter (where lease_until > now()), count(*) filter (where lease_until > now() is not true)"
    " from job where queue = 'syncs' and {unfinished}",
    unfinished=UNFINISHED,
)
"""The values of ``RUNNING`` and ``WAITING``."""


def count_rows(connection: Transaction, sync_type: SyncType, **outcomes: int) -> None:
    """Count rows by their outcome once the transaction is committed."""

    def count() -> None:
        for outcome, rows in outcomes.items():
            ROWS.labels(sync_type, outcome).inc(rows)

    connection.after_commit(count)


def count_end(connection: Transaction, sync_type: SyncType, status: str) -> None:
    """Count the end of a sync once the transaction is committed."""
    connection.after_commit(ENDED.labels(sync_type, status).inc)
