"""Reads the chunks of a PNG that was stripped before: they are sound, and none of them stands twice."""

from collections.abc import Iterator
from pathlib import Path

SIGNATURE_BYTES = 8
PIXELS = frozenset({b"IDAT", b"fdAT"})


def chunks_of(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Give the name and the data of each chunk, in their order."""
    with path.open("rb") as file:
        file.seek(SIGNATURE_BYTES)
        while head := file.read(8):
            yield head[4:], file.read(int.from_bytes(head[:4]))
            file.seek(4, 1)


def before_pixels(path: Path) -> dict[bytes, bytes]:
    """Return the chunks that describe the pixels, by their names."""
    found: dict[bytes, bytes] = {}
    for kind, data in chunks_of(path):
        if kind in PIXELS:
            break
        found[kind] = data
    return found
