"""The worker of the location service."""

from ecatalog.worker import Worker

from location.settings import LocationSettings


def create(settings: LocationSettings) -> Worker:
    return Worker(settings, "location")
