"""Opening files that may be anything."""

import warnings
from pathlib import Path

from PIL import Image

from media.pictures.limits import FORMATS, MAX_PIXELS
from media.pictures.strip import Broken

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

UNREADABLE = (
    Image.DecompressionBombError, Image.DecompressionBombWarning, Broken, OSError, SyntaxError, ValueError, LookupError,
    EOFError, ArithmeticError, TypeError,
)  # fmt: skip
"""What broken pictures make decoders raise."""


class Refused(Exception):
    """A file that is no picture we take; the text says why, for the log."""


def open_picture(path: Path) -> Image.Image:
    """Opened, its kind and size checked, nothing decoded yet. Raises :class:`Refused` or one of ``UNREADABLE``."""
    picture = Image.open(path, formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused(f"{picture.width}x{picture.height} pixels are too many")
    return picture


def kind_of(picture: Image.Image) -> str:
    """One of ``FORMATS``; cameras put several JPEGs into one file, of which the first counts."""
    return "JPEG" if picture.format == "MPO" else str(picture.format)
