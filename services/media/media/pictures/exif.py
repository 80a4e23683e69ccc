"""Reads the orientation out of EXIF. Whatever else is in it, or is broken in it, is ignored."""

ORIENTATION = 0x0112
SHORT = 3
UPRIGHT = 1
ENTRY_BYTES = 12
LITTLE, BIG = b"II*\0", b"MM\0*"


def orientation_of(exif: bytes) -> int:
    """Return the orientation, from 1 to 8, that EXIF gives from its TIFF header on; 1 when it gives none."""
    if exif[:4] not in {LITTLE, BIG}:
        return UPRIGHT

    def number(place: int, size: int) -> int:
        return int.from_bytes(exif[place : place + size], "little" if exif[:4] == LITTLE else "big")

    first = number(4, 4) + 2
    entries = min(number(first - 2, 2), (len(exif) - first) // ENTRY_BYTES)
    for entry in range(first, first + max(0, entries) * ENTRY_BYTES, ENTRY_BYTES):
        if (number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)) == (ORIENTATION, SHORT, 1):
            found = number(entry + 8, 2)
            return found if 1 <= found <= 8 else UPRIGHT
    return UPRIGHT
