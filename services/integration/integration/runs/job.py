"""Brings a run whose rows have keys to its end, from wherever it stands."""

from ecatalog.events.broker import Broker
from ecatalog.http.internal_client import InternalClient
from ecatalog.jobs.job import Job
from ecatalog.jobs.task import TaskFailed
from ecatalog.telemetry.logging import logger

from integration.connectors.errors import SourceError
from integration.integrations.kinds import SOAP
from integration.mappings.targets import EXTERNAL_KEY
from integration.runs.asking import CatalogKeys
from integration.runs.compare import compare
from integration.runs.dispatch import KeyedDispatcher
from integration.runs.dry_run import predict
from integration.runs.fetch import fetch
from integration.runs.refusal import refuse_stand_ins
from integration.runs.run import APPLIED, Run, is_kept, load
from integration.runs.settle import settle
from integration.settings import IntegrationSettings
from integration.syncs.args import SyncArgs

log = logger(__name__)


async def keyed(job: Job[SyncArgs]) -> Run | None:
    """Return the run of a job whose rows have keys, or that remembers what it applied; None of any other."""
    if job.phase != job.task.first_phase:
        return await load(job) if await is_kept(job) else None
    run = await load(job)
    if run.kind != SOAP:
        return run
    await refuse_stand_ins(job, run.mapping)
    stream = run.mapping.streams.get(job.args.sync_type)
    remembers = stream is not None and (stream.is_whole_list or EXTERNAL_KEY in stream.fields)
    return run if remembers or job.args.mode == "incremental" else None


async def run_keyed(run: Run, broker: Broker, client: InternalClient, settings: IntegrationSettings) -> None:
    """Take the steps that are left: fetch, compare, apply, settle; a dry run has but the first two."""
    job = run.job
    catalog = CatalogKeys(client, settings.catalog_url, run)
    if job.phase == "fetch":
        await _fetch(run, settings)
    if job.phase == "compare":
        if job.args.is_dry_run:
            await predict(run, catalog)
            return
        await compare(run, catalog)
    if job.phase == "apply":
        await _apply(run, broker)
    await settle(run, catalog)


async def _fetch(run: Run, settings: IntegrationSettings) -> None:
    try:
        await fetch(run, settings)
    except SourceError as error:
        log.warning("a source cannot be read", task_id=str(run.job.task_id), cause=error.cause, detail=error.detail)
        raise TaskFailed(error.message) from error


async def _apply(run: Run, broker: Broker) -> None:
    for stream in APPLIED:
        await KeyedDispatcher(run, broker, stream).run()
    async with run.job.transaction() as connection:
        await run.job.advance(connection, phase="settle")
