"""Reads two things off a file's name: the stem of its address, and an ending that means another kind of file."""

import re
import unicodedata
from mimetypes import MimeTypes
from pathlib import PurePosixPath
from urllib.parse import quote

MAX_STEM = 60
LEFT_OUT = re.compile(r"[^\w\-‘’ʻʼ'`]+")
"""Letters of any script stay, and what Uzbek writes its o‘ and g‘ with."""
PICTURES, ANYTHING = "image/", "application/octet-stream"

_KINDS = MimeTypes().types_map[True]


def stem_of(filename: str) -> str:
    """Return the part of a file's name that goes into an address, encoded for it."""
    name = unicodedata.normalize("NFC", _last_part(filename).stem)
    kept = LEFT_OUT.sub("_", name).strip("_")[:MAX_STEM]
    return quote(kept.encode("utf-8", "ignore"), safe="") or "image"


def other_kind(filename: str) -> str | None:
    """Return the ending of a name, without its dot, if it means another kind of file than a picture."""
    suffix = _last_part(filename).suffix.lower()
    kind = _KINDS.get(suffix, ANYTHING)
    return None if kind == ANYTHING or kind.startswith(PICTURES) else suffix[1:]


def _last_part(filename: str) -> PurePosixPath:
    return PurePosixPath(filename.replace("\\", "/"))
