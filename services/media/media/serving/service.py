"""Finds the file behind a picture's address."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from ecatalog.db.database import Database

from media.pictures.limits import SIZES

CONTENT_TYPES = {
    "JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif",
}  # fmt: skip
TYPES_OF_ENDINGS = {"jpg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}

_NAME = re.compile(rf"(?P<stem>.*)_(?P<name>[0-9a-f]{{32}})(?:_(?P<size>{'|'.join(SIZES)}))?\.(?P<ending>[a-z]+)")
_FIND = """
    select f.id, f.sha256, f.format,
           case %(size)s when '' then p.path when 'sm' then p.sm_path when 'md' then p.md_path when 'lg' then p.lg_path
           else p.thumbnail_path end
      from picture p join file f on f.id = p.file_id where p.name = %(name)s and not p.is_deleted
"""


class StoredFile(NamedTuple):
    """The file of a picture, and the size that is asked for, which is empty for the original."""

    file_id: int
    sha256: str
    format: str
    size: str


async def find(database: Database, path: str) -> StoredFile | None:
    """Return what a path below ``/media/``, decoded, shows; None when no picture has that address."""
    match = _NAME.fullmatch(path.rpartition("/")[2])
    if match is None:
        return None
    size = match["size"] or ""
    row = await database.fetch_row(_FIND, {"name": match["name"], "size": size})
    if row is None or unquote(row[3]) != path:
        return None
    file_id, sha256, kind, _ = row
    return StoredFile(file_id, sha256, kind, size)


def wanted_endings(accept: str) -> list[str]:
    """Return the endings of the formats that an ``Accept`` header allows, the best first.

    JPEG is the best unless the header names another. Among equals it is WebP: AVIF takes much longer to write.
    """
    qualities = _qualities(accept)
    jpeg = qualities.get("image/jpeg", 0.0)
    named = {ending: qualities.get(TYPES_OF_ENDINGS[ending], 0.0) for ending in ("webp", "avif")}
    others = sorted((ending for ending in named if named[ending] > 0), key=lambda ending: -named[ending])
    better = [ending for ending in others if named[ending] >= jpeg]
    takes_jpeg = not others or any(qualities.get(kind, 0.0) > 0 for kind in ("image/jpeg", "image/*", "*/*"))
    return [*better, *(["jpg"] if takes_jpeg else []), *(ending for ending in others if ending not in better)]


def _qualities(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, _, parameters = part.partition(";")
        match = re.search(r"q\s*=\s*([0-9.]+)", parameters)
        try:
            found[kind.strip()] = float(match[1]) if match else 1.0
        except ValueError:
            continue
    return found
