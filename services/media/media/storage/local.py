"""Files in a folder of this machine. Nothing here blocks the event loop."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from media.storage import Missing, Stored

PIECE = 256 * 1024
LISTED_AT_ONCE = 1000


class LocalStorage:
    """Files below ``root``, which lies on the same disk as the folders that files are moved from."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, prefix: str, folder: Path, names: Sequence[str]) -> None:
        await asyncio.to_thread(self._put, self._path(prefix), folder, names)

    def _put(self, target: Path, source: Path, names: Sequence[str]) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            (source / name).replace(target / name)
        for folder in (target, target.parent, target.parent.parent):
            _sync(folder)

    async def missing(self, prefix: str, names: Sequence[str]) -> list[str]:
        return await asyncio.to_thread(_missing, self._path(prefix), names)

    async def size(self, key: str) -> int | None:
        try:
            return (await asyncio.to_thread(self._path(key).stat)).st_size
        except FileNotFoundError:
            return None

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError as error:
            raise Missing(key) from error
        try:
            await asyncio.to_thread(file.seek, start)
            while start < end:
                piece = await asyncio.to_thread(file.read, min(PIECE, end - start))
                if not piece:
                    return
                start += len(piece)
                yield piece
        finally:
            file.close()

    @asynccontextmanager
    async def local(self, key: str, folder: Path) -> AsyncIterator[Path]:  # noqa: ARG002 - the interface
        if await self.size(key) is None:
            raise Missing(key)
        yield self._path(key)

    async def delete(self, prefix: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._path(prefix), True)

    async def everything(self) -> AsyncIterator[Stored]:
        found = self._walk()
        while batch := await asyncio.to_thread(_take, found, LISTED_AT_ONCE):
            for stored in batch:
                yield stored

    def _walk(self) -> Iterator[Stored]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder) / name
                with suppress(FileNotFoundError):
                    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield Stored(path.relative_to(self._root).as_posix(), modified)

    def _path(self, key: str) -> Path:
        path = (self._root / key).resolve()
        if not path.is_relative_to(self._root.resolve()):
            raise ValueError(f"{key} lies outside the storage")
        return path


def _take(found: Iterator[Stored], number: int) -> list[Stored]:
    return list(islice(found, number))


def _missing(folder: Path, names: Sequence[str]) -> list[str]:
    return [name for name in names if not (folder / name).exists()]


def _sync(folder: Path) -> None:
    with suppress(FileNotFoundError):  # removed by the collector in the meantime, which no one waits for
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
