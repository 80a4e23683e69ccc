"""Renders the sizes of a picture from one decode: each smaller one from the next larger."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from media.pictures.colours import GREYS, from_cmyk, on_white, to_srgb
from media.pictures.first_frame import first_frame
from media.pictures.limits import ENCODINGS, SHOWN_FIRST, SIZES
from media.pictures.numbered_colours import is_plain, numbered_profile
from media.pictures.opening import open_picture
from media.pictures.png_chunks import before_pixels

OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85},
    "WEBP": {"quality": 80, "method": 2},
    "AVIF": {"quality": 60, "speed": 8},
}
QUICKLY: dict[str, dict[str, Any]] = {"WEBP": {"method": 0}}
"""Sizes that an upload waits for are rendered so: they take half the time, and a tenth more bytes."""


def render(source: Path, names: Sequence[str], folder: Path) -> dict[str, int]:
    """Write the sizes ``names``, each ``<size>.<ending>``, of a clean original into ``folder``, synced to the disk.

    Returns how many bytes each has.

    Raises what ``open_picture`` raises, and what Pillow raises for a picture that it cannot decode.
    """
    made: dict[str, int] = {}
    current: Image.Image | None = None
    for size, side in sorted(SIZES.items(), key=lambda item: item[1], reverse=True):
        for name in (name for name in names if name.startswith(f"{size}.")):
            if current is None:
                current = _square(source, side)
            elif current.width > side:
                current = current.reduce(current.width // side)
            encoding = ENCODINGS[name.removeprefix(f"{size}.")]
            faster = QUICKLY.get(encoding, {}) if name in SHOWN_FIRST else {}
            made[name] = write(current, folder / name, encoding, **OPTIONS[encoding] | faster)
    return made


def write(picture: Image.Image, path: Path, encoding: str, **options: Any) -> int:
    """Save a picture, sync it to the disk, and return the number of its bytes."""
    with path.open("wb") as file:
        picture.save(file, encoding, **options)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _square(source: Path, side: int) -> Image.Image:
    """Return the middle of the first frame as a square in sRGB on white."""
    with open_picture(source) as picture:
        if picture.format == "JPEG":
            picture.draft(None, (side, side))
        frame = first_frame(picture, source)
        frame.picture.load()
        profile = picture.info.get("icc_profile")
        if picture.mode == "CMYK":
            return from_cmyk(_resized(picture, side), profile)
        plain = _resized(on_white(frame, max(1, min(frame.size) // (2 * side))), side)
        numbers = before_pixels(source) if picture.format == "PNG" else {}
        if own := numbered_profile(numbers):
            return to_srgb(plain, own, is_grey=False)
        return plain if is_plain(numbers) else to_srgb(plain, profile, is_grey=frame.picture.mode in GREYS)


def _resized(picture: Image.Image, size: int) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
