"""Checks that an upload is a whole picture of a known kind and a bearable size, and writes it clean."""

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

from media.pictures.exif import orientation_of
from media.pictures.limits import MAX_FRAMES, SHOWN_FIRST
from media.pictures.opening import ImageRejected, TooMuch, open_picture, refuse_large
from media.pictures.png_chunks import before_pixels
from media.pictures.render import render
from media.pictures.strip import STRIPPERS, kind_of
from media.pictures.turned_jpeg import can_turn, turn_jpeg
from media.pictures.turns import one_large_at_a_time
from media.pictures.upright import TURNS, save_anew, turn_of
from media.pictures.whole import is_whole

ORIGINAL, THUMBNAIL = "original", "thumbnail"


class _Found(NamedTuple):
    """The facts that a file's bytes say without being decoded."""

    kind: str
    frames: int
    orientation: int
    has_end: bool


def check(source: Path, folder: Path, lock: Path) -> dict[str, Any]:
    """Write the clean original and the sizes that pages show first into ``folder``, and return what is stored of them.

    Raises :class:`ImageRejected`, or what broken pictures make decoders raise.
    """
    original = folder / ORIGINAL
    found = _strip(source, original)
    with one_large_at_a_time(original, lock):
        if not found.has_end and not is_whole(original):
            raise ImageRejected("the file ends within its pixels")
        _stand_upright(original, found)
        with open_picture(original) as picture:
            width, height = picture.size
        made = render(original, SHOWN_FIRST, folder)
    with original.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "format": found.kind, "width": width, "height": height, "size": original.stat().st_size, "sha256": digest,
        "thumbnail_size": made[f"{THUMBNAIL}.jpg"],
    }  # fmt: skip


def _strip(source: Path, target: Path) -> _Found:
    """Write the picture without its metadata; the decoder sees nothing else of the file."""
    body = source.read_bytes()
    kind = kind_of(body)
    if kind is None:
        raise ImageRejected("no kind of picture that is known")
    stripped = STRIPPERS[kind](body)
    if stripped.size is not None:
        refuse_large(kind, stripped.size)
    target.write_bytes(stripped.body)
    return _Found(kind, stripped.frames, orientation_of(stripped.exif), stripped.has_end)


def _stand_upright(original: Path, found: _Found) -> None:
    with open_picture(original) as picture:
        frames = max(found.frames, getattr(picture, "n_frames", 1) if found.kind == "AVIF" else 1)
        if frames > MAX_FRAMES:
            raise TooMuch(f"Pictures may have at most {MAX_FRAMES} frames; this one has {frames}.")
        turn = turn_of(picture) if found.kind == "AVIF" else TURNS.get(found.orientation)
        if turn is None or frames > 1:
            return
        upright = original.with_name("upright")
        if can_turn(picture):
            turn_jpeg(original, turn, upright)
        else:
            numbers = before_pixels(original) if found.kind == "PNG" else {}
            save_anew(picture, turn, upright, found.kind, numbers)
    upright.replace(original)
