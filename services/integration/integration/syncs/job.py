"""The task of a sync: fetch the list of a source, then have the catalog apply it."""

import asyncio
from dataclasses import dataclass, replace
from typing import cast

from ecatalog.contracts.integration import CHUNK_READY, KEYED_CHUNK_READY, SYNC_CHANGED, SyncChanged
from ecatalog.core.errors import NotFound
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute
from ecatalog.events.broker import Broker
from ecatalog.events.outbox import publish
from ecatalog.http.internal_client import InternalClient
from ecatalog.jobs.job import Job
from ecatalog.jobs.schema import UNFINISHED
from ecatalog.jobs.state import JobState
from ecatalog.jobs.task import MORE_PHASES, Task, TaskFailed
from ecatalog.telemetry.logging import logger

from integration.connectors.soap import SourceError
from integration.integrations.service import load, source_settings
from integration.mappings.reading import current
from integration.runs.job import keyed, run_keyed
from integration.settings import IntegrationSettings
from integration.syncs.args import SyncArgs
from integration.syncs.dispatch import Dispatcher, prepare
from integration.syncs.metrics import count_end
from integration.syncs.schema import ROWS_OF_A_RUN
from integration.syncs.staging import fetch

log = logger(__name__)

QUEUE = "syncs"
MAX_INTERRUPTIONS = 100
BROKER_SECONDS = 5.0

_DROP_ROWS = "delete from {table} where job_id = %(id)s"
# The result of a chunk may still come after its sync was cancelled, and is counted then.
_DROP_CHUNKS = compose(
    """
    delete from sync_chunk c using job j
     where j.id = c.job_id and not j.{unfinished}
       and (j.id = %(id)s and j.status = 'succeeded' or j.finished_at < now() - interval '1 day')
    """,
    unfinished=UNFINISHED,
)


@dataclass(frozen=True)
class SyncContext:
    """The things that the worker gives to its syncs."""

    broker: Broker
    settings: IntegrationSettings
    client: InternalClient


async def run_sync(job: Job[SyncArgs], context: SyncContext) -> None:
    """Bring a sync to its end, from wherever it stands."""
    if run := await keyed(job):
        await run_keyed(run, context.broker, context.client, context.settings)
        return
    if job.phase == "fetch" and (await _fetch(job, context.settings)).is_finished:
        return
    await Dispatcher(job, context.broker).run()


async def _fetch(job: Job[SyncArgs], settings: IntegrationSettings) -> JobState:
    try:
        async with job.database.session() as session:
            integration = await load(session, job.args.integration_id)
        _, mapping = await current(job.database, job.args.integration_id)
        return await fetch(job, replace(source_settings(integration, settings), mapping=mapping), integration)
    except NotFound:
        raise TaskFailed("The integration was deleted") from None
    except SourceError as error:
        log.warning("a source cannot be read", task_id=str(job.task_id), cause=error.cause, detail=error.detail)
        raise TaskFailed(error.message) from error


async def publish_sync_changed(connection: Transaction, state: JobState) -> None:
    """Publish the state of a sync, and count its end; of a trial nobody else hears."""
    args = cast(SyncArgs, state.args)
    status = state.wire_status
    if state.is_finished:
        _log_end(state)
        count_end(connection, args.sync_type, status)
    if args.is_dry_run:
        return
    changed = SyncChanged.model_validate(
        state._asdict()
        | args.model_dump()
        | {"status": status, "total": state.total or 0, "error_message": state.error}
    )
    await publish(connection, SYNC_CHANGED, changed, key=state.task_id)


def _log_end(state: JobState) -> None:
    if state.status == "succeeded":
        log.info("a sync is complete", task_id=str(state.task_id), rows=state.total)
    else:
        log.warning("a sync ended in error", task_id=str(state.task_id), reason=state.error)


async def clean_up(connection: Transaction, context: SyncContext, state: JobState) -> None:
    """Delete what a sync leaves behind: its commands, its staged rows, and chunks whose results no longer come."""
    async with asyncio.timeout(BROKER_SECONDS):  # it comes again as long as the broker is unreachable
        for kind in (CHUNK_READY, KEYED_CHUNK_READY):
            await prepare(context.broker, kind, state.task_id)
    for table in ROWS_OF_A_RUN:
        await execute(connection, compose(_DROP_ROWS, table=Ident(table)), {"id": state.id})
    await execute(connection, _DROP_CHUNKS, {"id": state.id})


SYNC = Task(
    "sync", queue=QUEUE, args=SyncArgs, run=run_sync, lease=8.0, max_interruptions=MAX_INTERRUPTIONS,
    failed="The sync failed because of an error of its own; see the log of the worker",
    given_up=f"The sync was interrupted {MAX_INTERRUPTIONS} times and is given up",
    mismatch="The numbers of the sync do not add up; see the log of the integration service",
    phases=MORE_PHASES, on_change=publish_sync_changed, cleanup=clean_up,
)  # fmt: skip
