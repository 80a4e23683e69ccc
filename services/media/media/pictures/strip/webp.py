"""WebP: the chunks of a RIFF file."""

from media.pictures.strip.stripped import Broken, Stripped

HEADER = 12
KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
HAS_METADATA = 0x08 | 0x04
"""The flags of VP8X that announce EXIF and XMP."""


def strip_webp(body: bytes) -> Stripped:
    size = 8 + int.from_bytes(body[4:8], "little")
    if size > len(body):
        raise Broken("the file is shorter than it says")
    kept: list[bytes] = []
    place = HEADER
    while place + 8 <= size:
        kind = body[place : place + 4]
        length = int.from_bytes(body[place + 4 : place + 8], "little")
        end = place + 8 + length + length % 2
        if place + 8 + length > size:
            raise Broken("a chunk is longer than the file")
        if kind in KEPT:
            kept.append(_without_flags(body[place:end]) if kind == b"VP8X" else body[place:end])
        place = end
    chunks = b"".join(kept)
    frames = sum(chunk.startswith(b"ANMF") for chunk in kept)
    return Stripped(b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WEBP" + chunks, frames or 1)


def _without_flags(chunk: bytes) -> bytes:
    return chunk[:8] + bytes([chunk[8] & ~HAS_METADATA]) + chunk[9:]
