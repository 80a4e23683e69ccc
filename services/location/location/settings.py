"""Settings of the location service."""

from ecatalog.settings import Settings


class LocationSettings(Settings):
    pass
