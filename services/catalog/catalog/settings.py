"""Settings of the catalog service."""

from ecatalog.settings import Settings


class CatalogSettings(Settings):
    pass
