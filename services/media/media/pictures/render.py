"""Making the renditions of a picture from one decode: each smaller one from the next larger."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from media.pictures.colours import from_cmyk, on_white, to_srgb
from media.pictures.limits import ENCODINGS, SIZES

OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85},
    "WEBP": {"quality": 80, "method": 2},
    "AVIF": {"quality": 60, "speed": 8},
}


def render(picture: Image.Image, names: Sequence[str], folder: Path) -> dict[str, int]:
    """Write the renditions ``names``, each ``<size>.<ending>``, into ``folder``, synced; how many bytes each has.

    ``picture`` is opened and not yet loaded. Raises what Pillow raises for a picture that it cannot decode.
    """
    made: dict[str, int] = {}
    current: Image.Image | None = None
    for size, side in sorted(SIZES.items(), key=lambda item: item[1], reverse=True):
        for name in (name for name in names if name.startswith(f"{size}.")):
            if current is None:
                current = _square(picture, side)
            elif current.width > side:
                current = current.reduce(current.width // side)
            encoding = ENCODINGS[name.removeprefix(f"{size}.")]
            made[name] = write(current, folder / name, encoding, **OPTIONS[encoding])
    return made


def write(picture: Image.Image, path: Path, encoding: str, **options: Any) -> int:
    """Save a picture and sync it to the disk; its bytes."""
    with path.open("wb") as file:
        picture.save(file, encoding, **options)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _square(picture: Image.Image, size: int) -> Image.Image:
    """The middle of the picture as a square of ``size``, in sRGB on white."""
    if picture.format == "JPEG":
        picture.draft(None, (size, size))
    picture.load()
    mode, profile = picture.mode, picture.info.get("icc_profile")
    if mode == "CMYK":
        return from_cmyk(_resized(picture, size), profile)
    plain = on_white(picture, max(1, min(picture.size) // (2 * size)))
    return to_srgb(_resized(plain, size), profile, mode)


def _resized(picture: Image.Image, size: int) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
