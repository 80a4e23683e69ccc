"""PNG: chunks up to IEND. Those that describe pixels, colours or frames stay."""

from media.pictures.strip.stripped import Broken, Stripped

SIGNATURE = 8
KEPT = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD",
        b"pHYs", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip


def strip_png(body: bytes) -> Stripped:
    kept = [body[:SIGNATURE]]
    place = SIGNATURE
    frames = 1
    while True:
        kind = body[place + 4 : place + 8]
        end = place + 12 + int.from_bytes(body[place : place + 4])
        if len(kind) < 4 or end > len(body):
            raise Broken("a chunk is longer than the file")
        if kind == b"acTL":
            frames = int.from_bytes(body[place + 8 : place + 12])
        if kind in KEPT:
            kept.append(body[place:end])
        if kind == b"IEND":
            return Stripped(b"".join(kept), frames)
        place = end
