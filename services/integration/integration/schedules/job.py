"""Starts the runs of a schedule that is due."""

from collections.abc import Sequence
from datetime import datetime

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.jobs import queue
from ecatalog.jobs.queue import Deferred, NewJob
from ecatalog.jobs.scheduler import ScheduleOver
from ecatalog.jobs.schedules import Schedule
from ecatalog.jobs.schema import UNFINISHED

from integration.integrations.kinds import SOAP
from integration.integrations.pause import PAUSED
from integration.schedules.args import ScheduleArgs
from integration.syncs.args import SyncArgs, lock_of_rows
from integration.syncs.job import SYNC

# The lock keeps anybody else from starting a run of the same integration meanwhile.
_INTEGRATION = compose(
    "select i.kind, i.is_active and not {paused}, i.project_id, coalesce(i.base, i.id::text) from integration i"
    " where i.id = %(id)s and not i.is_deleted for update",
    paused=PAUSED,
)
_AT_WORK = compose(
    "select exists (select from job j where j.queueing_lock = any(%(locks)s::text[]) and j.{unfinished})",
    unfinished=UNFINISHED,
)


async def start(connection: Transaction, schedule: Schedule, now: datetime) -> Sequence[Deferred] | None:
    """Start a run of each stream; None while the integration is paused or off, or one of the streams is at work.

    Raises :class:`ScheduleOver` when the integration is gone, or is none that we call.
    """
    args = schedule.args(ScheduleArgs)
    found = await (await execute(connection, _INTEGRATION, {"id": args.integration_id, "now": now})).fetchone()
    if found is None or found[0] != SOAP:
        raise ScheduleOver
    runs = [
        SyncArgs(integration_id=args.integration_id, sync_type=stream, started_by="schedule", mode=args.mode)
        for stream in args.streams
    ]
    if not found[1] or await _are_at_work(connection, runs):
        return None
    jobs = [
        NewJob(run, run.subject, [run.lock, run.fetch_lock, lock_of_rows(run.sync_type, *found[2:])], run.lock)
        for run in runs
    ]  # fmt: skip
    return await queue.defer_many(connection, SYNC, jobs)


async def _are_at_work(connection: Transaction, runs: Sequence[SyncArgs]) -> bool:
    found = await (await execute(connection, _AT_WORK, {"locks": [run.lock for run in runs]})).fetchone()
    return bool(found and found[0])
