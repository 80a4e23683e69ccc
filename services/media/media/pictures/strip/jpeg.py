"""Cuts metadata out of a JPEG: some of its segments hold it. Bytes between segments are skipped."""

import re
from collections.abc import Iterator

from media.pictures.strip.stripped import Broken, Size, Stripped

SOI, EOI, SOS, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP1, APP2, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Segments that begin a frame and say its size."""

MAX_SCANS = 100
"""Encoders make a dozen; each is another pass over all pixels, and costs a hundred bytes."""
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
KEPT = {APP0: (b"JFIF\0", 14), APP2: (b"ICC_PROFILE\0", 14), APP14: (b"Adobe", 12)}
"""These segments say how the pixels are meant; each has its first bytes, and the length it has at least."""

_MARKER = re.compile(rb"\xff[\x01-\xfe]")
_AFTER_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""0xFF within a scan is followed by 0 or a restart's number."""


def strip_jpeg(body: bytes) -> Stripped:
    kept, size, exif = [body[:2]], None, b""
    end = 0
    for marker, start, end in segments(body):
        if marker in FRAMES and size is None:
            size = _size(body[start:end])
        if marker == APP1 and not exif and body[start + 4 : start + 10] in {b"Exif\0\0", b"Exif\0\xff"}:
            exif = body[start + 10 : end]
        if _is_kept(marker, body[start + 4 : start + 16], end - start - 4):
            kept.append(body[start:end])
    if size is None:
        raise Broken("no frame")
    return Stripped(b"".join([*kept, b"\xff\xd9"]), size, exif=exif, has_end=_has_end(body, end))


def segments(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Give the marker, the start and the end of each segment, up to the end of the image.

    Once there was a scan, the end of the file will do, too. Coded pixels belong to the segment before them. Raises
    :class:`Broken`.
    """
    place, scans = 2, 0
    while found := _MARKER.search(body, place):
        marker, place = body[found.start() + 1], found.end()
        if marker == EOI:
            break
        if marker in WITHOUT_LENGTH:
            continue
        end = place + max(2, int.from_bytes(body[place : place + 2]))
        if end > len(body):
            break
        if marker == SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise Broken("there are too many scans")
            end = _end_of_scan(body, end)
        yield marker, place - 2, end
        place = end
    if not scans:
        raise Broken("no scan")


def _end_of_scan(body: bytes, place: int) -> int:
    """Return the place of the next marker, or of the end of the file."""
    found = _AFTER_SCAN.search(body, place)
    return len(body) if found is None else found.start()


def _has_end(body: bytes, place: int) -> bool:
    found = _MARKER.search(body, place)
    return found is not None and body[found.start() + 1] == EOI


def _size(frame: bytes) -> Size:
    return int.from_bytes(frame[7:9]), int.from_bytes(frame[5:7])


def _is_kept(marker: int, beginning: bytes, length: int) -> bool:
    if not APP0 <= marker <= APP15:
        return marker != COMMENT
    start, least = KEPT.get(marker, (b"", 0))
    return least > 0 and length >= least and beginning.startswith(start)
