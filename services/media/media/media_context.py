"""The storage, the pool and the renderer, which api and worker both need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ecatalog.db.database import Database

from media.pictures.pool import PicturePool
from media.renditions.service import Renderer
from media.settings import MediaSettings
from media.storage import Storage
from media.storage.local import LocalStorage
from media.storage.scratch import Scratch


@dataclass(frozen=True)
class MediaContext:
    storage: Storage
    scratch: Scratch
    pool: PicturePool
    renderer: Renderer

    @classmethod
    def of(cls, settings: MediaSettings, database: Database) -> "MediaContext":
        storage = storage_of(settings)
        scratch = Scratch(settings.scratch)
        pool = PicturePool(settings.picture_processes, scratch.folder)
        renderer = Renderer(database, storage, pool, scratch, settings.picture_processes)
        return cls(storage, scratch, pool, renderer)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        self.scratch.open()
        try:
            yield
        finally:
            await self.renderer.close()
            await self.pool.close()
            self.scratch.close()


def storage_of(settings: MediaSettings) -> Storage:
    """Return the storage that the settings name."""
    if settings.s3_bucket:
        from media.storage.s3 import S3Storage  # its library takes memory that a folder does not need

        return S3Storage(settings)
    return LocalStorage(settings.files)
