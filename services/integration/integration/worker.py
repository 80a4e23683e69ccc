"""The worker of the integration service: its consumers, its syncs, their schedules, alarms and files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ecatalog.events.consumer import Consumer
from ecatalog.http.internal_client import InternalClient
from ecatalog.jobs.scheduler import Scheduler
from ecatalog.jobs.worker import Slot
from ecatalog.runtime.worker import Worker

from integration.alarms.metrics import FAILED, LATE, SINCE_SUCCESS, SOURCES
from integration.alarms.watch import AlarmWatch
from integration.files.cleanup import FileCleanup
from integration.handlers import CATALOG, CATALOG_INTERNAL
from integration.runs.asking import SECONDS as ASKING_SECONDS
from integration.schedules.job import start
from integration.settings import IntegrationSettings
from integration.syncs.job import SYNC, SyncContext
from integration.syncs.metrics import QUEUE, RUNNING, WAITING


def create(settings: IntegrationSettings) -> Worker:
    # A sync keeps a connection while it fetches its list; heartbeats and all else have the usual ones beside those.
    size = settings.database_pool_size + settings.parallel_syncs
    worker = Worker(settings.model_copy(update={"database_pool_size": size}), "integration")
    worker.readings.add(QUEUE, RUNNING, WAITING)
    worker.readings.add_rows(SOURCES, SINCE_SUCCESS, LATE, FAILED)
    for handlers in (CATALOG, CATALOG_INTERNAL):
        worker.consume(Consumer(worker.broker, worker.database, "integration", handlers))
    client = InternalClient(settings, timeout=ASKING_SECONDS)
    worker.enter(lambda: _closed_in_the_end(client))
    worker.jobs([SYNC], SyncContext(worker.broker, settings, client), Slot((SYNC.queue,), settings.parallel_syncs))
    worker.loop("schedules", Scheduler(worker.database, {SYNC.name: start}).run)
    worker.loop("alarms", AlarmWatch(worker.database).run)
    worker.loop("files", FileCleanup(worker.database).run)
    return worker


@asynccontextmanager
async def _closed_in_the_end(client: InternalClient) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await client.close()
