"""Saves and loads the files of pictures for backups."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

from ecatalog.runtime.backup import Backup

from media.media_context import storage_of
from media.settings import MediaSettings
from media.storage import Missing, Storage
from media.storage.scratch import Scratch


async def save_files(settings: MediaSettings, folder: Path) -> int:
    """Copy every stored file, wherever it is kept, below ``folder`` and return how many there are."""
    storage = storage_of(settings)
    saved = 0
    async for stored in storage.everything():
        saved += await _save(storage, stored.key, folder / stored.key)
    return saved


async def _save(storage: Storage, key: str, target: Path) -> bool:
    size = await storage.size(key)
    if size is None:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("wb") as file:
            async for piece in storage.read(key, 0, size):
                file.write(piece)
    except Missing:  # removed since it was listed: nothing shows it
        await asyncio.to_thread(target.unlink)
        return False
    return True


async def load_files(settings: MediaSettings, folder: Path) -> int:
    """Store every file below ``folder`` and return how many there are."""
    storage, scratch = storage_of(settings), Scratch(settings.scratch)
    scratch.open()
    try:
        loaded = 0
        for source in _folders(folder):
            names = [file.name for file in source.iterdir() if file.is_file()]
            prefix = f"{source.relative_to(folder).as_posix()}/"
            wanted = await storage.missing(prefix, names)
            for name in wanted:
                shutil.copyfile(source / name, scratch.folder / name)
            if wanted:
                await storage.put(prefix, scratch.folder, wanted)
            for name in wanted:
                (scratch.folder / name).unlink(missing_ok=True)  # a store elsewhere leaves them
            loaded += len(names)
        return loaded
    finally:
        scratch.close()


def _folders(root: Path) -> Iterator[Path]:
    """Find the folders below ``root`` that hold files."""
    return (
        path for path in sorted(root.rglob("*")) if path.is_dir() and any(each.is_file() for each in path.iterdir())
    )


BACKUP = Backup(
    projections={"project": "catalog", "client": "catalog", "nomenklatura": "catalog"},
    save_files=save_files,
    load_files=load_files,
)
