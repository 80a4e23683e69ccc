from typing import NamedTuple

Size = tuple[int, int]


class Broken(ValueError):
    """The file is not what its first bytes promise, or ends too early."""


class Stripped(NamedTuple):
    """The file's bytes without metadata, its width and height, and how many frames it has.

    ``size`` is None where the file does not say it before it is decoded. ``exif`` is what was taken out, from the
    TIFF header on; ``has_end`` is False when the file stopped without saying that it is whole.
    """

    body: bytes
    size: Size | None
    frames: int = 1
    exif: bytes = b""
    has_end: bool = True
