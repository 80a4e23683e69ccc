"""Turns a JPEG without decoding it to colours: next to nothing is lost, and the turned picture is never held whole.

Brightness and colour are decoded each at the resolution at which it is stored, and coded again with the quantization
they came with, so that nearly every coefficient comes out as it was. The turned picture is coded in strips, each of
which is one interval between the restart markers of a single JPEG.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, JpegImagePlugin

from media.pictures.opening import open_picture
from media.pictures.strip.jpeg import EOI, SOS, segments

Box = tuple[int, int, int, int]

Turn = Image.Transpose


class Geometry(NamedTuple):
    """The steps of a turn: mirror from left to right, mirror from top to bottom, and turn rows into columns."""

    mirrors_x: bool
    mirrors_y: bool
    swaps: bool


GEOMETRY = {
    Turn.FLIP_LEFT_RIGHT: Geometry(True, False, False), Turn.FLIP_TOP_BOTTOM: Geometry(False, True, False),
    Turn.ROTATE_180: Geometry(True, True, False), Turn.TRANSPOSE: Geometry(False, False, True),
    Turn.ROTATE_90: Geometry(True, False, True), Turn.ROTATE_270: Geometry(False, True, True),
    Turn.TRANSVERSE: Geometry(True, True, True),
}  # fmt: skip

HALVED = 2
"""Pillow's number for colours at half the resolution in both directions, 4:2:0."""

BLOCK = 8
STRIP_ROWS = 256
MAX_INTERVAL = 65535
SOF0, SOF1, DRI, RST0 = 0xC0, 0xC1, 0xDD, 0xD0
RGB_IDS = [82, 71, 66]


def can_turn(picture: Image.Image) -> bool:
    """Tell whether a picture, opened and not yet loaded, is a JPEG that is grey or stores brightness by itself."""
    if not isinstance(picture, JpegImagePlugin.JpegImageFile) or picture.mode not in {"L", "RGB"}:
        return False
    if picture.mode == "L" or "jfif" in picture.info:
        return True
    if "adobe_transform" in picture.info:
        return bool(picture.info["adobe_transform"])
    return [component[0] for component in picture.layer] != RGB_IDS


def turn_jpeg(source: Path, turn: Turn, target: Path) -> None:
    """Write the picture in ``source``, of which :func:`can_turn` is true, upright to ``target``, synced to the disk.

    Its metadata goes but for the colour profile. Raises what Pillow raises for a picture that it cannot decode.
    """
    planes = _Planes(source)
    width, height = planes.size[::-1] if GEOMETRY[turn].swaps else planes.size
    unit = 2 * BLOCK if planes.is_halved else BLOCK
    across = -(-width // unit)
    down = max(1, min(STRIP_ROWS // unit, MAX_INTERVAL // across))
    with target.open("wb") as file:
        for number, top in enumerate(range(0, height, down * unit)):
            strip = planes.turned(turn, top, min(top + down * unit, height))
            if number == 0:
                file.writelines(_whole(strip, height, down * across))
            else:
                file.write(bytes([0xFF, RST0 + (number - 1) % 8]) + _scan(strip))
        file.write(bytes([0xFF, EOI]))
        file.flush()
        os.fsync(file.fileno())


class _Planes:
    """A decoded picture. Colours of half the resolution are kept so, and doubled where a part is asked for."""

    def __init__(self, source: Path) -> None:
        with open_picture(source) as picture:
            if not isinstance(picture, JpegImagePlugin.JpegImageFile):
                raise TypeError("this is no JPEG")
            self.size = picture.size
            self._profile: bytes | None = picture.info.get("icc_profile")
            self._quantization = [picture.quantization[component[3]] for component in picture.layer]
            is_large = min(picture.size) > 1
            self.is_halved = is_large and JpegImagePlugin.get_sampling(picture) == HALVED
            mode = "YCbCr" if picture.mode == "RGB" and not self.is_halved else "L"
            self._whole = _decoded(picture, mode, picture.size)
        if self.is_halved:
            with open_picture(source) as picture:
                half = _decoded(picture, "YCbCr", (self.size[0] // 2, self.size[1] // 2))
                self._colours = [half.getchannel(1), half.getchannel(2)]

    def turned(self, turn: Turn, top: int, bottom: int) -> bytes:
        """Return these rows of the turned picture as a JPEG."""
        file = BytesIO()
        rows = self._part(_box_of(GEOMETRY[turn], self.size, top, bottom)).transpose(turn)
        rows.info.clear()
        rows.save(
            file, "JPEG", qtables=self._tables(GEOMETRY[turn]), subsampling=HALVED if self.is_halved else 0,
            icc_profile=self._profile,
        )  # fmt: skip
        return file.getvalue()

    def _part(self, box: Box) -> Image.Image:
        part = self._whole.crop(box)
        if not self.is_halved:
            return part
        left, top, right, bottom = box
        stored = (left // 2, top // 2, -(-right // 2), -(-bottom // 2))
        shown = (left % 2, top % 2, left % 2 + part.width, top % 2 + part.height)
        parts = (colour.crop(stored) for colour in self._colours)
        doubled = (one.resize((2 * one.width, 2 * one.height), Image.Resampling.NEAREST).crop(shown) for one in parts)
        return Image.merge("YCbCr", (part, *doubled))

    def _tables(self, geometry: Geometry) -> list[list[int]]:
        """Return the quantization of each component, finer where the blocks of the turned picture are other ones."""
        tables = []
        for number, table in enumerate(self._quantization):
            block = 2 * BLOCK if number and self.is_halved else BLOCK
            width, height = self.size
            moves = (geometry.mirrors_x and width % block) or (geometry.mirrors_y and height % block)
            finer = [max(1, step // 2) for step in table] if moves else list(table)
            tables.append([finer[BLOCK * (n % BLOCK) + n // BLOCK] for n in range(64)] if geometry.swaps else finer)
        return tables


def _decoded(picture: Image.Image, mode: str, size: tuple[int, int]) -> Image.Image:
    picture.draft(mode, size)
    picture.load()
    return picture


def _box_of(geometry: Geometry, size: tuple[int, int], top: int, bottom: int) -> Box:
    """Return the part of a picture that becomes the rows from ``top`` to ``bottom`` of the turned one."""
    width, height = size
    length, mirrors = (width, geometry.mirrors_x) if geometry.swaps else (height, geometry.mirrors_y)
    first, last = (length - bottom, length - top) if mirrors else (top, bottom)
    return (first, 0, last, height) if geometry.swaps else (0, first, width, last)


def _whole(strip: bytes, height: int, interval: int) -> Iterator[bytes]:
    """Return the first strip with the header of all strips together, each ``interval`` units long."""
    yield strip[:2]
    for marker, start, end in segments(strip):
        if marker in {SOF0, SOF1}:
            yield strip[start : start + 5] + height.to_bytes(2) + strip[start + 7 : end]
        elif marker == SOS:
            yield bytes([0xFF, DRI, 0, 4]) + interval.to_bytes(2) + strip[start:end]
        else:
            yield strip[start:end]


def _scan(strip: bytes) -> bytes:
    """Return the coded pixels alone."""
    start, end = next((start, end) for marker, start, end in segments(strip) if marker == SOS)
    return strip[start + 2 + int.from_bytes(strip[start + 2 : start + 4]) : end]
