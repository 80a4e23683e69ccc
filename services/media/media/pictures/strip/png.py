"""Cuts metadata out of a PNG: the chunks that describe pixels, colours or frames stay, if a browser heeds them.

A wrong checksum counts in chunks that the pixels need; any other faulty chunk goes with the metadata.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from media.pictures.strip.apng import ANIMATION, frames_of
from media.pictures.strip.colour_chunks import COLOURS, is_sound
from media.pictures.strip.stripped import Broken, Stripped

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NEEDED = frozenset({b"IHDR", b"PLTE", b"IDAT"})
HEADER_BYTES = 13


class PngChunk(NamedTuple):
    """A chunk's name, its data, all its bytes, and whether its checksum is right."""

    kind: bytes
    data: memoryview
    whole: memoryview
    is_right: bool


def strip_png(body: bytes) -> Stripped:
    chunks = _Kept()
    exif = b""
    for chunk in _chunks(body):
        if chunk.kind == b"IEND":
            break
        if chunk.kind in NEEDED:
            chunks.add_needed(chunk)
        elif chunk.kind == b"eXIf" and not exif:
            exif = bytes(chunk.data)
        elif chunk.kind[:1].isupper():
            raise Broken("a part that is needed is unknown")
        elif chunk.is_right and (chunk.kind in COLOURS or chunk.kind in ANIMATION):
            chunks.add(chunk)
    return chunks.stripped(exif)


class _Kept:
    """The chunks of a PNG that stay, in their order."""

    def __init__(self) -> None:
        self._kept: list[PngChunk] = []
        self._seen: set[bytes] = set()
        self._header = b""
        self._colours = 0

    def add_needed(self, chunk: PngChunk) -> None:
        if not chunk.is_right:
            raise Broken("a checksum is wrong")
        if (chunk.kind == b"IHDR") != (not self._kept):
            raise Broken("the header stands elsewhere")
        if chunk.kind == b"IHDR":
            self._header = bytes(chunk.data)
            if len(self._header) != HEADER_BYTES:
                raise Broken("the header is of another length")
        elif chunk.kind == b"PLTE":
            if self._header[9] != 3 or self._seen & {b"PLTE", b"IDAT"}:
                return  # a mere suggestion, or out of place
            self._colours = len(chunk.data) // 3
        self._put(chunk)

    def add(self, chunk: PngChunk) -> None:
        """Keep a chunk if it is the first of its kind and stands where it may."""
        if not self._header:
            raise Broken("the header stands elsewhere")
        is_first = not self._seen & {chunk.kind, b"IDAT"}
        if chunk.kind in ANIMATION or (is_first and is_sound(chunk.kind, chunk.data, self._header, self._colours)):
            self._put(chunk)

    def _put(self, chunk: PngChunk) -> None:
        self._kept.append(chunk)
        self._seen.add(chunk.kind)

    def stripped(self, exif: bytes) -> Stripped:
        if b"IDAT" not in self._seen:
            raise Broken("no pixels")
        size = int.from_bytes(self._header[:4]), int.from_bytes(self._header[4:8])
        frames = frames_of(((chunk.kind, chunk.data) for chunk in self._kept), size)
        kept = (chunk.whole for chunk in self._kept if frames or chunk.kind not in ANIMATION)
        end = bytes(4) + b"IEND" + zlib.crc32(b"IEND").to_bytes(4)
        return Stripped(b"".join([SIGNATURE, *kept, end]), size, frames or 1, exif)


def _chunks(body: bytes) -> Iterator[PngChunk]:
    """Give the chunks up to the end of the file; one that is cut off is left out, or raises :class:`Broken`."""
    view = memoryview(body)
    place = len(SIGNATURE)
    while place + 12 <= len(body):
        kind = body[place + 4 : place + 8]
        end = place + 12 + int.from_bytes(body[place : place + 4])
        if end > len(body):
            break
        checksum = int.from_bytes(body[end - 4 : end])
        yield PngChunk(
            kind, view[place + 8 : end - 4], view[place:end], zlib.crc32(view[place + 4 : end - 4]) == checksum
        )
        place = end
    if body[place + 4 : place + 8] in NEEDED:
        raise Broken("the file ends within a part that is needed")
