"""Finds the first frame of a picture: of an animated one it need not cover the canvas."""

import zlib
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageFile

from media.pictures.limits import FORMATS
from media.pictures.png_chunks import before_pixels, chunks_of

Box = tuple[int, int, int, int]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RIFF_HEADER = 12


class Frame(NamedTuple):
    """A picture, opened and not yet loaded, of which ``box`` is shown.

    The upper left corner lies at ``place`` of a canvas of ``size``. Nothing else of the canvas is covered.
    """

    picture: Image.Image
    size: tuple[int, int]
    box: Box
    place: tuple[int, int] = (0, 0)

    @property
    def covers_all(self) -> bool:
        return self.box == (0, 0, *self.size)


def first_frame(picture: ImageFile.ImageFile, path: Path) -> Frame:
    """Return the first frame of a picture in a file, opened and not yet loaded."""
    width, height = picture.size
    box = (0, 0, width, height)
    if picture.format == "GIF" and picture.tile:
        box = picture.tile[0].extents or box
    elif picture.format == "WEBP":
        box = _box_in_webp(path) or box
    elif picture.format == "PNG":
        return _hidden_behind_another(path) or Frame(picture, picture.size, box)
    return Frame(picture, picture.size, box)


def _box_in_webp(path: Path) -> Box | None:
    with path.open("rb") as file:
        file.seek(RIFF_HEADER)
        while head := file.read(8):
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"ANMF":
                frame = file.read(12)
                left, top, width, height = (
                    int.from_bytes(frame[place : place + 3], "little") for place in range(0, 12, 3)
                )
                return (2 * left, 2 * top, 2 * left + width + 1, 2 * top + height + 1)
            file.seek(length + length % 2, 1)
    return None


def _hidden_behind_another(path: Path) -> Frame | None:
    """Return the first frame of an animated PNG whose own pixels are shown only where animations are not."""
    head = before_pixels(path)
    if b"acTL" not in head or b"fcTL" in head:
        return None
    control, pixels = b"", list[bytes]()
    for kind, data in chunks_of(path):
        if kind == b"fcTL":
            if control:
                break
            control = data
        elif kind == b"fdAT" and control:
            pixels.append(data[4:])
    width, height, left, top = (int.from_bytes(control[place : place + 4]) for place in (4, 8, 12, 16))
    header = head.pop(b"IHDR")
    parts = {b"IHDR": control[4:12] + header[8:], **head, b"IDAT": b"".join(pixels), b"IEND": b""}
    parts.pop(b"acTL")
    body = SIGNATURE + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4) for kind, data in parts.items()
    )
    canvas = (int.from_bytes(header[:4]), int.from_bytes(header[4:8]))
    picture = Image.open(BytesIO(body), formats=FORMATS)
    return Frame(picture, canvas, (left, top, left + width, top + height), (left, top))
