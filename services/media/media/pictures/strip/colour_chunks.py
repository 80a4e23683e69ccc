"""Finds the chunks of a PNG that describe its pixels and are sound: the others are ignored, as in browsers."""

import zlib

BEFORE_PALETTE = frozenset({b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT"})
COLOURS = BEFORE_PALETTE | {b"tRNS", b"bKGD", b"pHYs"}

LENGTHS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4, b"pHYs": 9}
GREY, RGB, PALETTE = 0, 2, 3
GREYS = frozenset({GREY, 4})
TRANSPARENT = {GREY: 2, RGB: 6}
"""Bytes that name the transparent colour, by the type of the pixels."""

MAX_OTHER = 6
MAX_NAME = 79
MAX_PROFILE = 8_000_000
"""Bytes of an unpacked colour profile: as many as browsers read."""


def is_sound(kind: bytes, data: memoryview, header: bytes, colours: int) -> bool:
    """Tell whether a chunk before the pixels counts; ``colours`` is the size of the palette, 0 before it."""
    if kind in BEFORE_PALETTE and colours:
        return False
    if kind == b"tRNS":
        return _is_transparency(len(data), header[9], colours)
    if kind == b"iCCP":
        return _is_profile(bytes(data), is_grey=header[9] in GREYS)
    return len(data) == LENGTHS[kind] if kind in LENGTHS else len(data) <= MAX_OTHER


def _is_transparency(length: int, pixels: int, colours: int) -> bool:
    return 0 < length <= colours if pixels == PALETTE else length == TRANSPARENT.get(pixels)


def _is_profile(data: bytes, *, is_grey: bool) -> bool:
    end = data.find(b"\0", 1, MAX_NAME + 1)
    if end < 0 or data[end : end + 2] != b"\0\0":
        return False
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(data[end + 2 :], MAX_PROFILE)
    except zlib.error:
        return False
    return (
        unpacking.eof
        and len(profile) == int.from_bytes(profile[:4])
        and profile[36:40] == b"acsp"
        and profile[16:20] == (b"GRAY" if is_grey else b"RGB ")
    )
