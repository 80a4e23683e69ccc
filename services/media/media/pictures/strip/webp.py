"""Cuts metadata out of a WebP, whose chunks are those of a RIFF file."""

from media.pictures.strip.stripped import Broken, Size, Stripped

HEADER = 12
PIXELS = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
KEPT = PIXELS | {b"VP8X", b"ALPH", b"ANIM", b"ICCP"}
HAS_PROFILE = 0x20
HAS_METADATA = 0x08 | 0x04
"""The flags of VP8X that announce EXIF and XMP."""
EXIF_SIGN = b"Exif\0\0"
KEY_FRAME = b"\x9d\x01\x2a"
LOSSLESS = 0x2F
EXTENDED_BYTES = 10


def strip_webp(body: bytes) -> Stripped:
    kept: list[tuple[bytes, bytes]] = []
    exif = b""
    end = min(8 + int.from_bytes(body[4:8], "little"), len(body))
    place = HEADER
    while place + 8 <= end:
        kind, length = body[place : place + 4], int.from_bytes(body[place + 4 : place + 8], "little")
        if place + 8 + length > end:
            break
        data = body[place + 8 : place + 8 + length]
        if kind == b"EXIF" and not exif:
            exif = data.removeprefix(EXIF_SIGN)
        elif kind in KEPT:
            kept.append((kind, data))
        place += 8 + length + length % 2
    return _written(kept, exif)


def _written(kept: list[tuple[bytes, bytes]], exif: bytes) -> Stripped:
    if not kept or not any(kind in PIXELS for kind, _ in kept):
        raise Broken("no pixels")
    size = _size(*kept[0])
    has_profile = any(kind == b"ICCP" for kind, _ in kept)
    chunks = b"".join(_chunk(kind, data, has_profile=has_profile) for kind, data in kept)
    frames = sum(kind == b"ANMF" for kind, _ in kept)
    whole = b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks
    return Stripped(whole, size, frames or 1, exif)


def _chunk(kind: bytes, data: bytes, *, has_profile: bool) -> bytes:
    if kind == b"VP8X":
        flags = data[0] & ~(HAS_METADATA | HAS_PROFILE) | (HAS_PROFILE if has_profile else 0)
        data = bytes([flags]) + data[1:]
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def _size(kind: bytes, data: bytes) -> Size:
    """Return the width and height that the first chunk of a file gives."""
    if kind == b"VP8X" and len(data) >= EXTENDED_BYTES:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8 " and data[3:6] == KEY_FRAME:
        width, height = (int.from_bytes(data[place : place + 2], "little") & 0x3FFF for place in (6, 8))
        return width, height
    if kind == b"VP8L" and data[:1] == bytes([LOSSLESS]):
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise Broken("no header")
