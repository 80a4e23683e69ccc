"""Tells the kind of a picture by its first bytes: its name means nothing."""

BRANDS = (b"avif", b"avis")
FIRST_BYTES = 64
"""A file that begins as any HEIF does must name one of the brands within this many bytes."""


def kind_of(body: bytes) -> str | None:
    """Return one of the formats that are accepted, or None for anything else."""
    if body.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "WEBP"
    if body[4:8] == b"ftyp" and any(brand in body[8:FIRST_BYTES] for brand in BRANDS):
        return "AVIF"
    return None
