"""Pictures with odd bytes in them: all 64 x 48, red on the left and blue on the right, as browsers show them."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms

RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)
SIZE = (64, 48)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILE_OF_GREY = PROFILE[:16] + b"GRAY" + PROFILE[20:]
PROFILE_OF_PRINT = PROFILE[:16] + b"CMYK" + PROFILE[20:]
LARGE_PROFILE = (len(PROFILE) + 3_000_000).to_bytes(4) + PROFILE[4:] + bytes(3_000_000)
ORIENTATION = 0x0112


def halves(left: Any = RED, right: Any = BLUE, size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(**options: Any) -> bytes:
    return saved(halves(), "JPEG", quality=95, **options)


def png(**options: Any) -> bytes:
    return saved(halves(), "PNG", **options)


def gif(**options: Any) -> bytes:
    return saved(halves().convert("P", palette=Image.Palette.ADAPTIVE), "GIF", **options)


def webp(**options: Any) -> bytes:
    return saved(halves(), "WEBP", lossless=True, **options)


def avif(**options: Any) -> bytes:
    return saved(halves(), "AVIF", quality=95, **options)


# ---------------------------------------------------------------- JPEG


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2) + data


def with_segments(*parts: bytes, **options: Any) -> bytes:
    """The JPEG with these bytes behind its first segment."""
    whole = jpeg(**options)
    at = 4 + int.from_bytes(whole[4:6])
    return whole[:at] + b"".join(parts) + whole[at:]


def before_scan(junk: bytes) -> bytes:
    whole = jpeg()
    at = whole.index(b"\xff\xda")
    return whole[:at] + junk + whole[at:]


# ---------------------------------------------------------------- PNG


def chunk(kind: bytes, data: bytes, checksum: int | None = None) -> bytes:
    """With a wrong checksum if one is given."""
    right = zlib.crc32(kind + data)
    return len(data).to_bytes(4) + kind + data + (right if checksum is None else checksum).to_bytes(4)


def with_chunks(*chunks: bytes, whole: bytes = b"") -> bytes:
    """The PNG with these chunks behind its header."""
    whole = whole or png()
    return whole[:33] + b"".join(chunks) + whole[33:]


def before_end(*chunks: bytes) -> bytes:
    whole = png()
    return whole[:-12] + b"".join(chunks) + whole[-12:]


def with_broken(kind: bytes, whole: bytes) -> bytes:
    """The PNG with a wrong checksum in its first chunk of a kind."""
    body = bytearray(whole)
    at = whole.index(kind)
    end = at + 4 + int.from_bytes(whole[at - 4 : at])
    body[end] ^= 0xFF
    return bytes(body)


# ---------------------------------------------------------------- WebP and AVIF


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def riff_chunks(whole: bytes) -> list[tuple[bytes, bytes]]:
    place, found = 12, []
    while place < len(whole):
        length = int.from_bytes(whole[place + 4 : place + 8], "little")
        found.append((whole[place : place + 4], whole[place + 8 : place + 8 + length]))
        place += 8 + length + length % 2
    return found


def extended(flags: int, *chunks: tuple[bytes, bytes], size: tuple[int, int] = SIZE) -> bytes:
    """A WebP of the extended kind, with these flags; the pixels are those of :func:`webp`."""
    header = bytes([flags, 0, 0, 0]) + (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
    return riff((b"VP8X", header), *chunks)


def box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4) + kind + data


def with_box(odd: bytes) -> bytes:
    """The AVIF with this box before its pixels, whose place is told by number."""
    whole = avif()
    at = whole.index(b"mdat") - 4
    return whole[:at].replace((at + 8).to_bytes(4), (at + 8 + len(odd)).to_bytes(4)) + odd + whole[at:]


# ---------------------------------------------------------------- EXIF


def exif(orientation: int, order: str = "big") -> bytes:
    """From its TIFF header on."""
    sign = b"MM\0*" if order == "big" else b"II*\0"

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "big" if order == "big" else "little")

    entry = number(ORIENTATION, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + bytes(2)
    return sign + number(8, 4) + number(1, 2) + entry + bytes(4)


# ---------------------------------------------------------------- frames and colours


def idat(whole: bytes) -> bytes:
    """The packed pixels of a small PNG."""
    at = whole.index(b"IDAT")
    return whole[at + 4 : at + 4 + int.from_bytes(whole[at - 4 : at])]


def frame_control(number: int, box: tuple[int, int, int, int], blend: int = 0) -> bytes:
    """The chunk before a frame of an animated PNG; the box is left, top, width and height."""
    left, top, width, height = box
    numbers = b"".join(value.to_bytes(4) for value in (number, width, height, left, top))
    return chunk(b"fcTL", numbers + b"\0\1\0\x0a\0" + bytes([blend]))


def packed_zeros(megabytes: int) -> bytes:
    packing, megabyte = zlib.compressobj(9), bytes(1_000_000)
    return b"".join(packing.compress(megabyte) for _ in range(megabytes)) + packing.flush()


def raw_png(size: tuple[int, int], depth: int, pixels: int, row: bytes, *chunks: bytes) -> bytes:
    """A PNG of equal rows, as they are packed; ``pixels`` is the type of its colours."""
    width, height = size
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([depth, pixels, 0, 0, 0])
    rows = chunk(b"IDAT", zlib.compress((b"\0" + row) * height))
    return png()[:8] + chunk(b"IHDR", header) + b"".join(chunks) + rows + chunk(b"IEND", b"")


def grey_profile(gamma: int) -> bytes:
    """A profile of greys, of which the value to this power is the light."""
    white = b"XYZ " + bytes(4) + b"\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d"
    curve = b"curv" + bytes(4) + (1).to_bytes(4) + (256 * gamma).to_bytes(2) + bytes(2)
    places = (b"wtpt", 156, 20), (b"kTRC", 176, 14)
    tags = (2).to_bytes(4) + b"".join(name + place.to_bytes(4) + length.to_bytes(4) for name, place, length in places)
    body = tags + white + curve
    head = (128 + len(body)).to_bytes(4) + bytes(4) + b"\x02\x40\0\0mntrGRAYXYZ " + bytes(12) + b"acsp" + bytes(28)
    return (head + white[8:]).ljust(128, b"\0") + body
