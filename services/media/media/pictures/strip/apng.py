"""Counts the frames of an animated PNG: a faulty animation is a still picture, as in browsers."""

from collections.abc import Iterable

from media.pictures.strip.stripped import Broken, Size

ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
LENGTHS = {b"acTL": 8, b"fcTL": 26}
SEQUENCE = 4


def frames_of(chunks: Iterable[tuple[bytes, memoryview]], size: Size) -> int:
    """Return how many frames a PNG's chunks, by name and data, announce or hold; 0 without a sound animation."""
    announced = frames = number = 0
    has_pixels = False
    try:
        for kind, data in chunks:
            if kind == b"acTL":
                announced = _announced(data, announced, has_pixels=has_pixels)
            elif kind in ANIMATION:
                _look(kind, data, number, size)
                number += 1
                frames += kind == b"fcTL"
            has_pixels |= kind == b"IDAT"
    except Broken:
        return 0
    return max(announced, frames) if announced and frames else 0


def _announced(data: memoryview, before: int, *, has_pixels: bool) -> int:
    announced = int.from_bytes(data[:4])
    if len(data) != LENGTHS[b"acTL"] or before or has_pixels or not 0 < announced < 2**31:
        raise Broken("no animation")
    return announced


def _look(kind: bytes, data: memoryview, number: int, size: Size) -> None:
    if len(data) < SEQUENCE or int.from_bytes(data[:SEQUENCE]) != number:
        raise Broken("frames are out of order")
    if kind == b"fcTL":
        width, height, left, top = (int.from_bytes(data[place : place + 4]) for place in (4, 8, 12, 16))
        if len(data) != LENGTHS[kind] or not width or not height or left + width > size[0] or top + height > size[1]:
            raise Broken("a frame lies outside the picture")
