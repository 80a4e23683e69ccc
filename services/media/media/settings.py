"""Settings of the media service."""

from ecatalog.settings import Settings


class MediaSettings(Settings):
    pass
