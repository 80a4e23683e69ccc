"""The worker of the media service: its consumer, the renditions of new files, and the collector."""

from datetime import timedelta

from ecatalog.events.consumer import Consumer
from ecatalog.jobs.worker import Slot
from ecatalog.runtime.worker import Worker

from media.files.collector import Collector
from media.handlers import CATALOG, concerning
from media.media_context import MediaContext
from media.renditions.job import RENDER
from media.renditions.metrics import QUEUE, WAITING
from media.settings import MediaSettings

CONNECTIONS = 4
"""The worker needs this many connections besides the one that each picture in work holds."""


def create(settings: MediaSettings) -> Worker:
    pool_size = max(settings.database_pool_size, settings.picture_processes + CONNECTIONS)
    worker = Worker(settings.model_copy(update={"database_pool_size": pool_size}), "media")
    worker.readings.add(QUEUE, WAITING)
    worker.consume(Consumer(worker.broker, worker.database, "media", CATALOG, choose=concerning))
    context = MediaContext.of(settings, worker.database)
    worker.enter(context.working)
    worker.loop("pool", context.pool.run)
    worker.jobs([RENDER], context, Slot((RENDER.queue,), settings.picture_processes))
    grace = timedelta(hours=settings.collect_after_hours)
    worker.loop("collector", Collector(worker.database, context.storage, grace).run)
    return worker
