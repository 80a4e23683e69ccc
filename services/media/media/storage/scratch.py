"""Folders for work in progress, on the disk of the storage. Those of a process that died are recognized and removed."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ecatalog.core.ids import uuid7_hex


class Scratch:
    """A folder of this process below ``root``, held by a lock for as long as the process lives."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.folder = root / uuid7_hex()
        self._lock: int | None = None

    def open(self) -> None:
        self.folder.mkdir(parents=True, mode=0o700)
        self._lock = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)

    @asynccontextmanager
    async def job(self) -> AsyncIterator[Path]:
        """Give a folder to one piece of work and remove it afterwards."""
        folder = self.folder / uuid7_hex()
        await asyncio.to_thread(folder.mkdir)
        try:
            yield folder
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, True)


def remove_abandoned(root: Path) -> int:
    """Remove the folders of processes that have ended, and return how many there were."""
    removed = 0
    for folder in root.iterdir() if root.is_dir() else ():
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
        except BlockingIOError:
            continue
        finally:
            os.close(lock)
    return removed
