"""The worker of the media service: its consumer, the renditions of new files, and the collector."""

from datetime import timedelta

from ecatalog.events.consumer import Consumer
from ecatalog.runtime.worker import Worker

from media.files.collector import Collector
from media.handlers import CATALOG
from media.parts import Parts
from media.renditions.metrics import QUEUE, WAITING
from media.renditions.runner import Runner
from media.settings import MediaSettings


def create(settings: MediaSettings) -> Worker:
    worker = Worker(settings, "media")
    worker.readings.add(QUEUE, WAITING)
    worker.consume(Consumer(worker.broker, worker.database, "media", CATALOG))
    parts = Parts.of(settings, worker.database)
    worker.loop("renditions", Runner(worker.database, parts, settings.picture_processes).run)
    grace = timedelta(hours=settings.collect_after_hours)
    worker.loop("collector", Collector(worker.database, parts.storage, grace).run)
    return worker
