"""Opening files that may be anything."""

import warnings
from pathlib import Path

from PIL import Image

from media.pictures.limits import FORMATS, MAX_PIXELS, MAX_PIXELS_HELD_SEVERAL_TIMES

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Refused(Exception):
    """A file that is no picture we take; the text says why, for the log."""


def open_picture(path: Path) -> Image.Image:
    """Opened, its kind and size checked, nothing decoded yet. Raises :class:`Refused`, or what Pillow raises."""
    picture = Image.open(path, formats=FORMATS)
    limit = MAX_PIXELS_HELD_SEVERAL_TIMES.get(kind_of(picture), MAX_PIXELS)
    if picture.width * picture.height > limit:
        raise Refused(f"{picture.width}x{picture.height} pixels are too many")
    return picture


def kind_of(picture: Image.Image) -> str:
    """One of ``FORMATS``; cameras put several JPEGs into one file, of which the first counts."""
    return "JPEG" if picture.format == "MPO" else str(picture.format)
