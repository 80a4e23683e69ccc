"""The worker of the location service."""

from ecatalog.worker import Worker

from location.positions.publishing import Publisher
from location.settings import LocationSettings


def create(settings: LocationSettings) -> Worker:
    worker = Worker(settings, "location")
    worker.loop("positions", Publisher(worker.database).run)
    return worker
