"""Tells whether a JPEG that lacks the mark of its end lacks nothing else."""

from hashlib import blake2b
from io import BytesIO
from pathlib import Path

from PIL import Image

ROWS = 256
FILLINGS = (b"", b"\x55" * 64)
"""One of these is put where the file stopped. Only pixels that lack bytes depend on which of them it is."""


def is_whole(path: Path) -> bool:
    """Tell whether the pixels are the same whatever follows the last byte before the end."""
    body = path.read_bytes()
    return len({_digest(body[:-2] + filling + body[-2:]) for filling in FILLINGS}) == 1


def _digest(body: bytes) -> bytes:
    digest = blake2b()
    with Image.open(BytesIO(body), formats=["JPEG"]) as picture:
        picture.load()
        for top in range(0, picture.height, ROWS):
            digest.update(picture.crop((0, top, picture.width, min(top + ROWS, picture.height))).tobytes())
    return digest.digest()
