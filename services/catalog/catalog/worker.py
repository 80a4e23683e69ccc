"""The worker of the catalog service."""

from ecatalog.worker import Worker

from catalog.settings import CatalogSettings


def create(settings: CatalogSettings) -> Worker:
    return Worker(settings, "catalog")
