"""Storing an original once: its row is locked by whoever stores it and by the collector that removes it."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from media.pictures.limits import SHOWN_FIRST
from media.pictures.pool import Checked
from media.storage import Storage

ORIGINAL = "original"
AT_UPLOAD = (*SHOWN_FIRST, ORIGINAL)
"""What is stored before a picture's row is there."""

_ADOPT = text("""
    insert into file (sha256, format, width, height, size, thumbnail_size)
    values (:sha256, :format, :width, :height, :size, :thumbnail_size)
    on conflict (sha256) do update set used_at = clock_timestamp() returning id, not is_rendered and error is null
""")
_RENDER = text("update file set is_rendered = false, error = null where id = :id")
_RELEASE = text("update file set used_at = clock_timestamp() where id = :id")


def prefix_of(sha256: str) -> str:
    """Where a file and its renditions are stored."""
    return f"{sha256[:2]}/{sha256}/"


class Adopted(NamedTuple):
    """The row of an upload; ``is_waiting`` while its larger sizes are to be made."""

    id: int
    is_waiting: bool


async def adopt(session: AsyncSession, storage: Storage, checked: Checked, folder: Path) -> Adopted:
    """The row of a checked upload, whose files lie in ``folder``; they are stored before the row is committed.

    Whoever adopts several in one transaction does so in the order of their digests, or two might wait for each other.
    """
    file_id, is_waiting = (await session.execute(_ADOPT, checked.model_dump())).one()
    prefix = prefix_of(checked.sha256)
    missing = await storage.missing(prefix, AT_UPLOAD)
    if missing:  # the row may be older than what was lost
        await storage.put(prefix, folder, missing)
        await session.execute(_RENDER, {"id": file_id})
    return Adopted(file_id, is_waiting or bool(missing))


async def release(session: AsyncSession, file_id: int) -> None:
    """Note that a picture shows the file no longer; the collector counts its grace from now."""
    await session.execute(_RELEASE, {"id": file_id})
