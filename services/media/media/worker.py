"""The worker of the media service."""

from ecatalog.worker import Worker

from media.settings import MediaSettings


def create(settings: MediaSettings) -> Worker:
    return Worker(settings, "media")
