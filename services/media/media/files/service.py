"""Stores each original once: whoever stores it, and the collector that removes it, lock its row first."""

from pathlib import Path
from typing import Any, NamedTuple

from ecatalog.db.sql import execute
from psycopg import AsyncConnection

from media.pictures.limits import SHOWN_FIRST
from media.pictures.pool import Checked
from media.storage import Storage

ORIGINAL = "original"
AT_UPLOAD = (*SHOWN_FIRST, ORIGINAL)
"""These files are stored before the row of a picture is created."""

_ADOPT = """
    insert into file (sha256, format, width, height, size, thumbnail_size)
    values (%(sha256)s, %(format)s, %(width)s, %(height)s, %(size)s, %(thumbnail_size)s)
    on conflict (sha256) do update set used_at = clock_timestamp() returning id, not is_rendered and error is null
"""
_RENDER = "update file set is_rendered = false, error = null where id = %(id)s"
_RELEASE = "update file set used_at = clock_timestamp() where id = %(id)s"


def prefix_of(sha256: str) -> str:
    """Return the prefix under which a file and its renditions are stored."""
    return f"{sha256[:2]}/{sha256}/"


class Adopted(NamedTuple):
    """The row of an upload; ``is_waiting`` until its larger sizes are rendered."""

    id: int
    is_waiting: bool


async def adopt(connection: AsyncConnection[Any], storage: Storage, checked: Checked, folder: Path) -> Adopted:
    """Store a checked upload, whose files lie in ``folder``, before its row is committed, and return that row.

    Whoever adopts several in one transaction does so in the order of their digests, or two might wait for each other.
    """
    cursor = await execute(connection, _ADOPT, checked.model_dump())
    ((file_id, is_waiting),) = await cursor.fetchall()
    prefix = prefix_of(checked.sha256)
    missing = await storage.missing(prefix, AT_UPLOAD)
    if missing:  # the row may be older than what was lost
        await storage.put(prefix, folder, missing)
        await execute(connection, _RENDER, {"id": file_id})
    return Adopted(file_id, is_waiting or bool(missing))


async def release(connection: AsyncConnection[Any], file_id: int) -> None:
    """Note that a picture no longer shows the file; the collector counts its grace from now."""
    await execute(connection, _RELEASE, {"id": file_id})
