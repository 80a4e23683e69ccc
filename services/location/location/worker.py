"""The worker of the location service."""

from ecatalog.runtime.worker import Worker

from location.partitions.maintenance import PartitionMaintenance
from location.positions.publishing import Publisher
from location.settings import LocationSettings


def create(settings: LocationSettings) -> Worker:
    worker = Worker(settings, "location")
    worker.loop("positions", Publisher(worker.database).run)
    worker.loop("partitions", PartitionMaintenance(worker.database, settings.location_retention_days).run)
    return worker
