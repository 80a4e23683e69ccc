"""Opens files that may be anything."""

import warnings
from pathlib import Path

from PIL import Image, ImageFile, PngImagePlugin

from media.pictures.limits import FORMATS, MAX_PIXELS, MAX_PIXELS_HELD_SEVERAL_TIMES
from media.pictures.strip.colour_chunks import MAX_PROFILE

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
PngImagePlugin.MAX_TEXT_CHUNK = MAX_PROFILE  # texts are gone before, profiles are not
warnings.simplefilter("error", Image.DecompressionBombWarning)


DECODED = {"L;2": 85, "L;4": 17}
"""The decoder multiplies greys of few bits by these numbers."""


class ImageRejected(Exception):
    """A file that is no picture of a known kind; the text gives the reason for the log."""


class TooMuch(ImageRejected):
    """A picture that is too large; the text says so to whoever sent it."""


def open_picture(path: Path) -> ImageFile.ImageFile:
    """Open a picture and check its kind and size; nothing is decoded yet.

    Raises :class:`ImageRejected`, or what Pillow raises.
    """
    try:
        picture = Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooMuch(f"Pictures may have at most {_millions(MAX_PIXELS)} pixels; this one has more.") from error
    try:
        refuse_large(str(picture.format), picture.size)
    except ImageRejected:
        picture.close()
        raise
    _scale_transparency(picture)
    return picture


def _scale_transparency(picture: ImageFile.ImageFile) -> None:
    """Give the transparent colour of a PNG the values that its pixels have when they are decoded."""
    raw = picture.tile[0].args if picture.format == "PNG" and picture.tile else None
    value = picture.info.get("transparency")
    if isinstance(value, int) and raw in DECODED:
        picture.info["transparency"] = value * DECODED[raw]
    elif isinstance(value, tuple) and raw == "RGB;16B":
        picture.info["transparency"] = tuple(part >> 8 for part in value)


def refuse_large(kind: str, size: tuple[int, int]) -> None:
    """Raise :class:`TooMuch`, or :class:`ImageRejected` for a picture without pixels."""
    width, height = size
    limit = MAX_PIXELS_HELD_SEVERAL_TIMES.get(kind, MAX_PIXELS)
    if not width or not height:
        raise ImageRejected("there are no pixels")
    if width * height > limit:
        raise TooMuch(f"{kind} pictures may have at most {_millions(limit)} pixels; this one has {width} x {height}.")


def _millions(number: int) -> str:
    return f"{number // 1_000_000} million"
