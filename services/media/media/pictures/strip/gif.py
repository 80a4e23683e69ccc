"""Cuts metadata out of a GIF: its blocks end at the trailer, or at whatever is no block, as in browsers.

Comments and the extensions of other programs go, those of animation stay.
"""

from media.pictures.strip.stripped import Broken, Size, Stripped

HEADER = 13
TRAILER, EXTENSION, IMAGE = 0x3B, 0x21, 0x2C
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
GRAPHIC_CONTROL_BYTES = 4
ANIMATION = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def strip_gif(body: bytes) -> Stripped:
    place = HEADER + _table(body, 10)
    kept, pending = [body[:place]], list[bytes]()
    size = _pair(body, 6)
    frames = 0
    while body[place : place + 1] in {b"!", b","}:
        start = place
        is_image = body[place] == IMAGE
        try:
            place = _blocks(body, place + 11 + _table(body, place + 9) if is_image else place + 2)
        except Broken:
            if frames:
                break
            raise
        block = body[start:place]
        if is_image:
            size = _covering(size, block) if not frames else size
            frames += 1
            kept += [*pending, block]
            pending = []
        elif _is_kept(block):
            pending.append(block)
    if not frames:
        raise Broken("no image")
    return Stripped(b"".join([*kept, bytes([TRAILER])]), size, frames)


def _table(body: bytes, flags: int) -> int:
    """Return how many bytes the colour table has that the flags at this place announce."""
    if flags >= len(body):
        raise Broken("the file ends in a header")
    return 3 * 2 ** ((body[flags] & 7) + 1) if body[flags] & 0x80 else 0


def _blocks(body: bytes, place: int) -> int:
    """Return the end of a row of blocks, each with its length before it, that an empty one closes."""
    while place < len(body):
        length = body[place]
        place += 1 + length
        if not length:
            return place
    raise Broken("the file ends within a block")


def _covering(canvas: Size, image: bytes) -> Size:
    """Return the canvas, grown to hold its first frame, as it is shown."""
    (left, top), (width, height) = _pair(image, 1), _pair(image, 5)
    return max(canvas[0], left + width), max(canvas[1], top + height)


def _pair(body: bytes, place: int) -> Size:
    return int.from_bytes(body[place : place + 2], "little"), int.from_bytes(body[place + 2 : place + 4], "little")


def _is_kept(extension: bytes) -> bool:
    kind, length = extension[1], extension[2]
    if kind == GRAPHIC_CONTROL:
        return length >= GRAPHIC_CONTROL_BYTES
    return kind == APPLICATION and extension[3:14] in ANIMATION and extension[14] > 0  # decoders expect a block then
