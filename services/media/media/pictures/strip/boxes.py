"""Reads the boxes of an AVIF file, and the places of its items."""

from collections.abc import Iterator
from typing import NamedTuple

from media.pictures.strip.stripped import Broken

Bytes = bytes | bytearray
FULL = 4
"""Bytes before the content of some boxes: a version and flags."""
IN_FILE, IN_META = 0, 1


class Box(NamedTuple):
    """The kind of a box, where it begins, where its content begins and where it ends."""

    kind: bytes
    start: int
    content: int
    end: int


class Extent(NamedTuple):
    """A part of an item: in the file, or in the box ``idat``."""

    item: int
    place: int
    offset: int
    length: int


def boxes(body: Bytes, start: int, end: int) -> Iterator[Box]:
    """Give the boxes between two places, up to what is no box; one that is too long comes with its ``end`` beyond."""
    while start + 8 <= end:
        length, content = int.from_bytes(body[start : start + 4]), start + 8
        if length == 1:
            length, content = int.from_bytes(body[start + 8 : start + 16]), start + 16
        stop = end if length == 0 else start + length
        if stop < content:
            return
        yield Box(bytes(body[start + 4 : start + 8]), start, content, stop)
        start = stop


def children(body: Bytes, box: Box, skipped: int = 0) -> dict[bytes, Box]:
    """Return the boxes inside a box, the first of each kind."""
    found: dict[bytes, Box] = {}
    for child in boxes(body, box.content + skipped, box.end):
        if child.end <= box.end:
            found.setdefault(child.kind, child)
    return found


class _Reader:
    def __init__(self, body: Bytes, box: Box) -> None:
        self._body = body
        self._place = box.content
        self._end = box.end

    def number(self, size: int) -> int:
        if self._place + size > self._end:
            raise Broken("a box ends too early")
        self._place += size
        return int.from_bytes(self._body[self._place - size : self._place])


def extents(body: Bytes, iloc: Box) -> Iterator[Extent]:
    """Return the places of the items, as ``iloc`` gives them; raises :class:`Broken`."""
    reader = _Reader(body, iloc)
    version = reader.number(FULL) >> 24
    sizes = reader.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    wide = 4 if version > 1 else 2
    for _ in range(reader.number(wide)):
        item = reader.number(wide)
        place = reader.number(2) & 15 if version else IN_FILE
        reader.number(2)
        base = reader.number(base_size)
        for _ in range(reader.number(2)):
            reader.number(index_size)
            offset = reader.number(offset_size)
            yield Extent(item, place, base + offset, reader.number(length_size))
