"""Renders sizes, each once: with the upload, by the worker right after it, or when one is first asked for."""

import asyncio
from collections.abc import Sequence
from functools import partial

from ecatalog.core.errors import NotFound, Unavailable
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.telemetry.logging import logger

from media.files.service import ORIGINAL, prefix_of
from media.pictures.limits import SIZES
from media.pictures.pool import NotAPicture, Overwhelmed, PicturePool
from media.renditions.metrics import MADE
from media.storage import Missing, Storage
from media.storage.scratch import Scratch

log = logger(__name__)

JPEG = "jpg"
LOCK_CLASS = 0x0EC1
MAX_WORKING = 200
"""With this many renderings under way, none starts that nobody waits for: it will be asked for again."""

Key = tuple[int, str, str]
"""The file, the ending, and the size unless it is all of them."""

_LOCK = "select pg_advisory_xact_lock(%(class)s, (%(file_id)s::bigint %% 2147483647)::int)"
# Also of a file that is rendered already: its row is to be locked, so that whoever finds a size missing comes before
# this or after it.
_DONE = "update file set is_rendered = true, error = null where id = %(file_id)s"


class Renderer:
    """Renders sizes that are missing.

    All that ask one process for the same file wait for the same work, and processes take turns by a lock of the
    database.
    """

    def __init__(self, database: Database, storage: Storage, pool: PicturePool, scratch: Scratch, at_once: int) -> None:
        self._database = database
        self._storage = storage
        self._pool = pool
        self._scratch = scratch
        self._slots = asyncio.Semaphore(at_once)
        self._working: dict[Key, asyncio.Task[None]] = {}

    async def offer(self, file_id: int, sha256: str, size: str, endings: Sequence[str]) -> str:
        """Return the name under which a size is stored, in the first of the formats that is there at once.

        When that is not the first of all, the first is rendered meanwhile. When none is there, wait and raise as
        :meth:`ensure` does.
        """
        names = [f"{size}.{ending}" for ending in endings]
        missing = await self._storage.missing(prefix_of(sha256), names)
        stored = next((name for name in names if name not in missing), None)
        if stored is None:
            stored = await self.ensure(file_id, sha256, size, JPEG if JPEG in endings else endings[0])
        if stored != names[0] and len(self._working) < MAX_WORKING:
            self._task(file_id, sha256, (size,), endings[0])
        return stored

    async def ensure(self, file_id: int, sha256: str, size: str, ending: str) -> str:
        """Return the name under which a size is stored. If it is missing, render it first; JPEGs come all together.

        Raises :class:`NotFound` when it cannot be rendered, :class:`Unavailable` when it cannot be rendered now.
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
        await asyncio.shield(self._task(file_id, sha256, sizes, ending))

    def _task(self, file_id: int, sha256: str, sizes: Sequence[str], ending: str) -> asyncio.Task[None]:
        key = (file_id, ending, "" if ending == JPEG else sizes[0])
        task = self._working.get(key)
        if task is None:
            task = asyncio.create_task(self.make(file_id, sha256, sizes, ending))
            self._working[key] = task
            task.add_done_callback(partial(self._ended, key))
        return task

    def _ended(self, key: Key, task: asyncio.Task[None]) -> None:
        self._working.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:  # perhaps nobody waits for it
            reason = f"{type(error).__name__}: {error}"
            log.warning("renditions were not made", file=key[0], ending=key[1], reason=reason)

    async def close(self) -> None:
        """Cancel the renderings under way."""
        tasks = list(self._working.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def make(self, file_id: int, sha256: str, sizes: Sequence[str], ending: str) -> None:
        """Render the sizes that are not stored yet; raises what the pool raises, and :class:`Missing`."""
        async with self._slots, self._database.transaction() as connection:
            await self.make_in(connection, file_id, sha256, sizes, ending)

    async def make_in(
        self, connection: Transaction, file_id: int, sha256: str, sizes: Sequence[str], ending: str
    ) -> None:
        """Render sizes as :meth:`make` does, in the caller's transaction, which keeps others from the same file."""
        prefix = prefix_of(sha256)
        await execute(connection, _LOCK, {"class": LOCK_CLASS, "file_id": file_id})
        missing = await self._storage.missing(prefix, [f"{size}.{ending}" for size in sizes])
        if missing:
            await self._render(prefix, missing)
            MADE.labels(ending).inc(len(missing))
        if ending == JPEG:
            await execute(connection, _DONE, {"file_id": file_id})

    async def _render(self, prefix: str, names: Sequence[str]) -> None:
        async with self._scratch.job() as folder, self._storage.local(prefix + ORIGINAL, folder) as source:
            await self._pool.render(source, folder, names)
            await self._storage.put(prefix, folder, names)
