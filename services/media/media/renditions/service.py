"""Making renditions, each once: by the worker right after the upload, or on the spot when one is asked for earlier."""

import asyncio
from collections.abc import Sequence

from ecatalog.db import Database
from ecatalog.errors import NotFound, Unavailable
from ecatalog.telemetry import logger
from sqlalchemy import text

from media.files.service import ORIGINAL, prefix_of
from media.pictures.limits import SIZES
from media.pictures.pool import NotAPicture, Overwhelmed, PicturePool
from media.renditions.metrics import MADE
from media.storage import Missing, Storage
from media.storage.scratch import Scratch

log = logger(__name__)

JPEG = "jpg"
LOCK_CLASS = 0x0EC1

_LOCK = text("select pg_advisory_xact_lock(:class, (:file_id % 2147483647)::int)")
_DONE = text("update file set is_rendered = true, error = null where id = :file_id and not is_rendered")


class Renderer:
    """Makes what is missing. All that ask one process for the same file wait for the same work, and processes take
    turns by a lock of the database."""

    def __init__(self, database: Database, storage: Storage, pool: PicturePool, scratch: Scratch, at_once: int) -> None:
        self._database = database
        self._storage = storage
        self._pool = pool
        self._scratch = scratch
        self._slots = asyncio.Semaphore(at_once)
        self._working: dict[tuple[int, str, str], asyncio.Task[None]] = {}

    async def ensure(self, file_id: int, sha256: str, size: str, ending: str) -> str:
        """The name under which a size is stored, made if need be: all JPEGs together, anything else by itself.

        Raises :class:`NotFound` when it cannot be made, :class:`Unavailable` when it cannot be made now.
        """
        name = f"{size}.{ending}"
        if await self._storage.size(prefix_of(sha256) + name) is not None:
            return name
        sizes = tuple(SIZES) if ending == JPEG else (size,)
        try:
            await self._once(file_id, sha256, sizes, ending)
        except (NotAPicture, Missing) as error:
            log.warning("a rendition cannot be made", sha256=sha256, name=name, error=str(error))
            raise NotFound from error
        except Overwhelmed as error:
            raise Unavailable from error
        return name

    async def _once(self, file_id: int, sha256: str, sizes: Sequence[str], ending: str) -> None:
        key = (file_id, ending, "" if ending == JPEG else sizes[0])
        task = self._working.get(key)
        if task is None:
            task = asyncio.create_task(self.make(file_id, sha256, sizes, ending))
            self._working[key] = task
            task.add_done_callback(lambda _: self._working.pop(key, None))
        await asyncio.shield(task)

    async def make(self, file_id: int, sha256: str, sizes: Sequence[str], ending: str) -> None:
        """Make those of the sizes that are not stored yet; raises what the pool raises, and :class:`Missing`."""
        prefix = prefix_of(sha256)
        async with self._slots, self._database.session() as session:
            await session.execute(_LOCK, {"class": LOCK_CLASS, "file_id": file_id})
            missing = await self._storage.missing(prefix, [f"{size}.{ending}" for size in sizes])
            if missing:
                await self._render(prefix, missing)
                MADE.labels(ending).inc(len(missing))
            if ending == JPEG:
                await session.execute(_DONE, {"file_id": file_id})

    async def _render(self, prefix: str, names: Sequence[str]) -> None:
        async with self._scratch.job() as folder, self._storage.local(prefix + ORIGINAL, folder) as source:
            await self._pool.render(source, folder, names)
            await self._storage.put(prefix, folder, names)
