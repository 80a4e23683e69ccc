"""AVIF: boxes. What lies behind the last one that belongs to a picture is cut off; inside them nothing is moved."""

from media.pictures.strip.stripped import Broken, Stripped

KNOWN = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"pdin", b"sidx", b"styp", b"moof"})


def strip_avif(body: bytes) -> Stripped:
    place = 0
    while body[place + 4 : place + 8] in KNOWN:
        length = int.from_bytes(body[place : place + 4])
        if length == 1:
            length = int.from_bytes(body[place + 8 : place + 16])
        place = len(body) if length == 0 else place + length
        if place > len(body) or 0 < length < 8:
            raise Broken("a box is longer than the file")
    return Stripped(body[:place])
