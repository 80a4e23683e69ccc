"""Metadata of any content, anywhere in a file, is cut out, and not a pixel changes."""

import random
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from media.pictures.strip import STRIPPERS
from media.pictures.strip.apng import ANIMATION
from media.pictures.strip.colour_chunks import COLOURS
from PIL import Image

from .surgery import avif, box, chunk, exif, riff, riff_chunks, saved, segment, with_box

CHANCE = random.Random(5)  # noqa: S311 - no secret
NOISE = Image.frombytes("RGB", (37, 23), CHANCE.randbytes(37 * 23 * 3))
JPEG, PNG, WEBP = saved(NOISE, "JPEG"), saved(NOISE, "PNG"), saved(NOISE, "WEBP", lossless=True)
GIF = saved(NOISE.convert("P", palette=Image.Palette.ADAPTIVE), "GIF")
SECRET = b"a secret of the person who took the picture"

BEGINNINGS = [
    b"Exif\0\0" + exif(6), b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0", b"MPF\0", b"ICC_", b"XMP DataXMP",
    b"Comment\0", b"XML:com.adobe.xmp\0\0\0\0\0", b"JFXX\0",
]  # fmt: skip
contents = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.sampled_from(BEGINNINGS), st.just(SECRET), st.binary(max_size=200)).map(b"".join),
)
places = st.floats(0, 1, exclude_max=True)


def metadata(kinds: Any) -> st.SearchStrategy[list[tuple[float, Any, bytes]]]:
    """Where in the file it stands, as a share of the places, its kind and its content."""
    return st.lists(st.tuples(places, kinds, contents), min_size=1, max_size=5)


def mixed(parts: list[bytes], added: list[tuple[float, bytes]], first: int, last: int) -> bytes:
    """``parts`` with those of ``added`` between them, somewhere from ``first`` to ``last``."""
    whole = list(parts)
    for share, part in added:
        whole.insert(first + int(share * (last - first + 1)), part)
    return b"".join(whole)


def pixels(body: bytes) -> tuple[Any, ...]:
    with Image.open(BytesIO(body)) as picture:
        return picture.mode, picture.size, picture.convert("RGBA").tobytes()


def assert_cut(kind: str, plain: bytes, body: bytes) -> bytes:
    stripped = STRIPPERS[kind](body).body
    assert SECRET not in stripped
    assert pixels(stripped) == pixels(plain)
    return stripped


def jpeg_parts(body: bytes) -> Iterator[bytes]:
    """The mark of the beginning, each segment, and the pixels with all that follows."""
    yield body[:2]
    place = 2
    while body[place + 1] != 0xDA:
        end = place + 2 + int.from_bytes(body[place + 2 : place + 4])
        yield body[place:end]
        place = end
    yield body[place:]


@settings(deadline=None)
@given(metadata(st.sampled_from([0xFE, *range(0xE0, 0xF0)])))
def test_jpeg_keeps_no_segment_of_an_application_and_no_comment(found: list[tuple[float, int, bytes]]) -> None:
    parts = list(jpeg_parts(JPEG))
    added = [(share, segment(marker, content)) for share, marker, content in found]
    stripped = assert_cut("JPEG", JPEG, mixed(parts, added, 1, len(parts) - 1))
    assert list(jpeg_parts(stripped)) == parts


def png_parts(body: bytes) -> Iterator[bytes]:
    """The signature and each chunk."""
    yield body[:8]
    place = 8
    while place < len(body):
        end = place + 12 + int.from_bytes(body[place : place + 4])
        yield body[place:end]
        place = end


LETTERS = st.integers(0, 25).map(lambda number: bytes([ord("a") + number]))
OTHER_CHUNKS = (
    st.tuples(LETTERS, *[st.one_of(LETTERS, LETTERS.map(bytes.upper))] * 3)
    .map(b"".join)
    .filter(lambda kind: kind not in COLOURS | ANIMATION)
)


@settings(deadline=None)
@given(metadata(st.one_of(st.sampled_from([b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"]), OTHER_CHUNKS)))
@example([(0.0, b"zTXt", b"Comment\0\0" + zlib.compress(SECRET) + SECRET)])
def test_png_keeps_no_text_and_no_chunk_that_is_unknown(found: list[tuple[float, bytes, bytes]]) -> None:
    parts = list(png_parts(PNG))
    added = [(share, chunk(kind, content)) for share, kind, content in found]
    stripped = assert_cut("PNG", PNG, mixed(parts, added, 2, len(parts) - 1))
    assert list(png_parts(stripped)) == parts


def blocks(content: bytes) -> bytes:
    """Content as a GIF holds it: in blocks of a length each."""
    pieces = [content[start : start + 255] for start in range(0, len(content), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


GIF_KINDS = st.sampled_from([b"\xfe", b"\xff\x0bXMP DataXMP", b"\xff\x0bICCRGBG1013", b"\x01\x0c" + bytes(12), b"\x42"])


@settings(deadline=None)
@given(metadata(GIF_KINDS))
def test_gif_keeps_no_comment_and_no_extension_of_a_program(found: list[tuple[float, bytes, bytes]]) -> None:
    table = 13 + 3 * 2 ** ((GIF[10] & 7) + 1)
    added = [(share, b"!" + kind + blocks(content)) for share, kind, content in found]
    assert assert_cut("GIF", GIF, mixed([GIF[:table], GIF[table:-1], GIF[-1:]], added, 1, 2)) == GIF


@settings(deadline=None)
@given(metadata(st.sampled_from([b"EXIF", b"XMP ", b"ABCD", b"text"])))
def test_webp_keeps_its_pixels_alone(found: list[tuple[float, bytes, bytes]]) -> None:
    chunks = riff_chunks(WEBP)
    for share, kind, content in found:
        chunks.insert(int(share * (len(chunks) + 1)), (kind, content))
    assert assert_cut("WEBP", WEBP, riff(*chunks)) == WEBP


@settings(deadline=None, max_examples=30)
@given(contents, st.sampled_from([b"uuid", b"free", b"skip", b"text"]), st.binary(max_size=99))
def test_avif_keeps_the_places_of_its_pixels(content: bytes, kind: bytes, behind: bytes) -> None:
    assert_cut("AVIF", avif(), with_box(box(kind, content)))
    assert_cut("AVIF", avif(), avif() + box(kind, content) + behind)
    assert_cut("AVIF", avif(), avif(xmp=content))
