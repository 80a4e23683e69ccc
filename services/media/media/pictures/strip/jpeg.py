"""JPEG: segments, of which some hold metadata, up to the end of the image."""

from collections.abc import Iterator

from media.pictures.strip.stripped import Broken, Stripped

SOI, EOI, SOS, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP2, APP14, APP15 = 0xE0, 0xE2, 0xEE, 0xEF
MAX_SCANS = 100
"""Encoders make a dozen; each is another pass over all pixels, and costs a hundred bytes."""
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


def strip_jpeg(body: bytes) -> Stripped:
    kept = [body[:2]]
    kept += [body[start:end] for marker, start, end in segments(body) if _is_kept(marker, body[start + 4 : start + 16])]
    return Stripped(b"".join([*kept, b"\xff\xd9"]))


def segments(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment's marker, where it begins and where it ends, up to the end of the image. Coded pixels belong to the
    segment before them. Raises :class:`Broken`."""
    place, scans = 2, 0
    while True:
        marker, place = _next_marker(body, place)
        if marker == EOI:
            return
        if marker in WITHOUT_LENGTH:
            continue
        end = place + int.from_bytes(body[place : place + 2])
        if end > len(body):
            raise Broken("a segment is longer than the file")
        if marker == SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise Broken("there are too many scans")
            end = _end_of_scan(body, end)
        yield marker, place - 2, end
        place = end


def _next_marker(body: bytes, place: int) -> tuple[int, int]:
    """The marker at ``place`` and where what follows it begins; markers may be filled up with 0xFF."""
    while body[place : place + 2] == b"\xff\xff":
        place += 1
    if len(body) < place + 2 or body[place] != 0xFF:
        raise Broken("no marker where one must be")
    return body[place + 1], place + 2


def _end_of_scan(body: bytes, place: int) -> int:
    """Where the next marker stands; 0xFF within a scan is followed by 0 or a restart's number."""
    while True:
        place = body.find(b"\xff", place)
        if place < 0 or place + 1 >= len(body):
            raise Broken("the scan has no end")
        follower = body[place + 1]
        if follower == 0xFF:
            place += 1
        elif follower == 0 or 0xD0 <= follower <= 0xD7:
            place += 2
        else:
            return place


def _is_kept(marker: int, start: bytes) -> bool:
    if not APP0 <= marker <= APP15:
        return marker != COMMENT
    if marker == APP2:
        return start.startswith(b"ICC_PROFILE\0")
    return marker == APP14 or (marker == APP0 and start.startswith(b"JFIF\0"))
