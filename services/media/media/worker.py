"""The worker of the media service."""

from ecatalog.events.consumer import Consumer
from ecatalog.worker import Worker

from media.handlers import CATALOG
from media.settings import MediaSettings


def create(settings: MediaSettings) -> Worker:
    worker = Worker(settings, "media")
    worker.consume(Consumer(worker.broker, worker.database, "media", CATALOG))
    return worker
