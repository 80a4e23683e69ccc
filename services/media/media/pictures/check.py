"""Looking at an upload: is it a picture of a kind we take, whole, and of a bearable size? And storing it clean."""

import hashlib
import os
from pathlib import Path
from typing import Any

from PIL import Image

from media.pictures.limits import MAX_FRAMES
from media.pictures.opening import Refused, kind_of, open_picture
from media.pictures.render import render
from media.pictures.strip import STRIPPERS
from media.pictures.turned_jpeg import can_turn, turn_jpeg
from media.pictures.upright import save_anew, turn_of

ORIGINAL, THUMBNAIL = "original", "thumbnail"


def check(source: Path, folder: Path) -> dict[str, Any]:
    """Write the clean original and its thumbnail into ``folder``; what there is to know about them.

    Raises :class:`Refused`, or what broken pictures make decoders raise.
    """
    original = folder / ORIGINAL
    with open_picture(source) as picture:
        kind = kind_of(picture)
        stripped = STRIPPERS[kind](source.read_bytes())
        frames = max(stripped.frames, getattr(picture, "n_frames", 1) if kind == "AVIF" else 1)
        if frames > MAX_FRAMES:
            raise Refused(f"{frames} frames are too many")
        turn = turn_of(picture) if frames == 1 else None
        if turn is not None and can_turn(picture):
            turn_jpeg(source, turn, original)
        elif turn is not None or (kind == "AVIF" and frames == 1 and _has_metadata(picture)):
            save_anew(picture, turn, original, kind)
        else:
            _store(original, stripped.body)
    with open_picture(original) as picture:
        width, height = picture.size
        made = render(picture, [THUMBNAIL], "jpg", folder)
    with original.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "format": kind, "width": width, "height": height, "size": original.stat().st_size, "sha256": digest,
        "thumbnail_size": made[THUMBNAIL],
    }  # fmt: skip


def _has_metadata(picture: Image.Image) -> bool:
    return bool(picture.info.get("exif") or picture.info.get("xmp"))


def _store(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
