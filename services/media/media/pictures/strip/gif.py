"""GIF: blocks up to the trailer. Comments and other programs' extensions go, those of animation stay."""

from media.pictures.strip.stripped import Broken, Stripped

HEADER = 13
TRAILER, EXTENSION, IMAGE = 0x3B, 0x21, 0x2C
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
ANIMATION = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def strip_gif(body: bytes) -> Stripped:
    place = HEADER + _table(body, 10)
    kept = [body[:place]]
    frames = 0
    while place < len(body) and body[place] != TRAILER:
        start = place
        if body[place] == IMAGE:
            frames += 1
            place = _blocks(body, place + 11 + _table(body, place + 9))
            kept.append(body[start:place])
        elif body[place] == EXTENSION:
            place = _blocks(body, place + 2)
            if _is_kept(body[start:place]):
                kept.append(body[start:place])
        else:
            raise Broken("neither an image nor an extension")
    if not frames:
        raise Broken("no image")
    return Stripped(b"".join([*kept, bytes([TRAILER])]), frames)


def _table(body: bytes, flags: int) -> int:
    """Bytes of the colour table that the flags at this place announce."""
    if flags >= len(body):
        raise Broken("the file ends in a header")
    return 3 * 2 ** ((body[flags] & 7) + 1) if body[flags] & 0x80 else 0


def _blocks(body: bytes, place: int) -> int:
    """The end of a row of blocks, each with its length before it, that an empty one ends."""
    while place < len(body):
        length = body[place]
        place += 1 + length
        if not length:
            return place
    raise Broken("the file ends within a block")


def _is_kept(extension: bytes) -> bool:
    return extension[1] == GRAPHIC_CONTROL or (extension[1] == APPLICATION and extension[3:14] in ANIMATION)
