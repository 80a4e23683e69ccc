"""Renditions have the colours, and show the frame, that browsers show: on white."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from media.pictures.pool import PicturePool
from PIL import Image

from .surgery import (
    BLUE,
    PROFILE,
    RED,
    WHITE,
    chunk,
    exif,
    extended,
    frame_control,
    gif,
    grey_profile,
    halves,
    idat,
    jpeg,
    raw_png,
    riff_chunks,
    saved,
    webp,
    with_chunks,
)  # fmt: skip

GREY = (128, 128, 128)
LINEAR_GREY = (186, 186, 186)
"""What a screen makes of half the light."""

SMALL = (16, 12)
ADOBE = struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
SRGB = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
ICC = chunk(b"iCCP", b"n\0\0" + zlib.compress(PROFILE))


def gamma(value: float) -> bytes:
    return chunk(b"gAMA", round(value * 100_000).to_bytes(4))


def plain(colour: tuple[int, ...], *chunks: bytes, mode: str = "RGB") -> bytes:
    return with_chunks(*chunks, whole=saved(Image.new(mode, (64, 48), colour if mode == "RGB" else colour[0]), "PNG"))


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def screen(light: float) -> int:
    light = min(1.0, max(0.0, light))
    return round(255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055))


def of_p3(colour: Sequence[int]) -> tuple[int, ...]:
    """Display P3 in sRGB, by the matrix that is published."""
    matrix = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
    light = [linear(part / 255) for part in colour]
    return tuple(screen(sum(a * b for a, b in zip(row, light, strict=True))) for row in matrix)


MIXED = (180, 90, 60)
COLOURS: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "no word of them": (plain(MIXED), MIXED),
    "a usual gamma": (plain(MIXED, gamma(0.45455)), MIXED),
    "a usual gamma and colours": (plain(MIXED, gamma(0.45455), chunk(b"cHRM", SRGB)), MIXED),
    "a gamma of light itself": (plain(GREY, gamma(1.0)), LINEAR_GREY),
    "a gamma of light itself in greys": (plain(GREY, gamma(1.0), mode="L"), LINEAR_GREY),
    "a gamma that sRGB overrules": (plain(GREY, gamma(1.0), chunk(b"sRGB", b"\0")), GREY),
    "a gamma that a profile overrules": (plain(MIXED, gamma(1.0), ICC), MIXED),
    "a gamma of nothing": (plain(MIXED, gamma(0)), MIXED),
    "colours of nothing": (plain(MIXED, gamma(0.5), chunk(b"cHRM", bytes(32))), MIXED),
    "greys in wider colours": (plain(GREY, gamma(0.45455), chunk(b"cHRM", ADOBE)), GREY),
    "P3": (plain(MIXED, chunk(b"cICP", b"\x0c\x0d\0\1")), of_p3(MIXED)),
    "P3 that a profile does not overrule": (plain(MIXED, ICC, chunk(b"cICP", b"\x0c\x0d\0\1")), of_p3(MIXED)),
    "plain numbers": (plain(MIXED, gamma(1.0), chunk(b"cICP", b"\1\x0d\0\1")), MIXED),
    "unknown numbers": (plain(MIXED, chunk(b"cICP", b"\2\2\0\1")), MIXED),
    "the white of a high range": (plain((148, 148, 148), chunk(b"cICP", b"\x09\x10\0\1")), WHITE),
    "a profile of greys": (
        saved(Image.new("L", (64, 48), 128), "JPEG", quality=95, icc_profile=grey_profile(1)), (188, 188, 188)
    ),
    "a profile of greys in a PNG": (
        saved(Image.new("L", (64, 48), 128), "PNG", icc_profile=grey_profile(1)), (188, 188, 188)
    ),
    "a profile of greys for colours": (jpeg(icc_profile=grey_profile(1)), RED),
    "a profile of colours for greys": (saved(Image.new("L", (64, 48), 128), "JPEG", icc_profile=PROFILE), GREY),
    "sixteen bits of grey": (raw_png(SMALL, 16, 0, b"\x80\x80" * 16), GREY),
    "sixteen bits of colour": (raw_png(SMALL, 16, 2, b"\xb4\0\x5a\0\x3c\0" * 16), MIXED),
    "one bit": (raw_png(SMALL, 1, 0, b"\0\0"), (0, 0, 0)),
    "a transparent colour of one bit": (raw_png(SMALL, 1, 0, b"\0\0", chunk(b"tRNS", b"\0\0")), WHITE),
    "a transparent colour of two bits": (raw_png(SMALL, 2, 0, b"\x55" * 4, chunk(b"tRNS", b"\0\1")), WHITE),
    "a transparent colour of four bits": (raw_png(SMALL, 4, 0, b"\x55" * 8, chunk(b"tRNS", b"\0\5")), WHITE),
    "a transparent colour of eight bits": (raw_png(SMALL, 8, 0, b"\x55" * 16, chunk(b"tRNS", b"\0\x55")), WHITE),
    "a transparent colour of sixteen bits": (
        raw_png(SMALL, 16, 0, b"\x12\x34" * 16, chunk(b"tRNS", b"\x12\x34")), WHITE
    ),
    "a transparent colour of three": (raw_png(SMALL, 8, 2, b"\1\2\3" * 16, chunk(b"tRNS", b"\0\1\0\2\0\3")), WHITE),
    "a transparent colour of three in sixteen bits": (
        raw_png(SMALL, 16, 2, b"\1\2\3\4\5\6" * 16, chunk(b"tRNS", b"\1\2\3\4\5\6")), WHITE
    ),
    "transparent colours of a palette": (
        raw_png(SMALL, 8, 3, b"\1" * 16, chunk(b"PLTE", b"\0\0\0\xff\0\0"), chunk(b"tRNS", b"\xff\0")), WHITE
    ),
    "half transparent colours of a palette": (
        raw_png(SMALL, 8, 3, b"\1" * 16, chunk(b"PLTE", b"\0\0\0\xff\0\0"), chunk(b"tRNS", b"\xff\x80")),
        (255, 127, 127),
    ),
    "a turned gamma": (plain(GREY, gamma(1.0), chunk(b"eXIf", exif(6))), LINEAR_GREY),
    "turned P3": (plain(MIXED, chunk(b"cICP", b"\x0c\x0d\0\1"), chunk(b"eXIf", exif(6))), of_p3(MIXED)),
}  # fmt: skip


def small_gif(canvas: tuple[int, int], place: tuple[int, int]) -> bytes:
    """The usual picture as the only frame of a larger one."""
    whole = gif()
    at = whole.index(b",") + 1
    return whole[:6] + struct.pack("<HH", *canvas) + whole[10:at] + struct.pack("<HH", *place) + whole[at + 4 :]


def small_webp(kind: bytes = b"VP8L") -> bytes:
    whole = webp() if kind == b"VP8L" else saved(halves(), "WEBP", quality=95)
    pixels = next(data for name, data in riff_chunks(whole) if name == kind)
    box = (32).to_bytes(3, "little") + bytes(3) + (63).to_bytes(3, "little") + (47).to_bytes(3, "little")
    frame = box + b"\x64\0\0\0" + kind + len(pixels).to_bytes(4, "little") + pixels + bytes(len(pixels) % 2)
    return extended(2, (b"ANIM", bytes(6)), (b"ANMF", frame), size=(128, 96))


def hidden_behind(blend: int, colour: tuple[int, ...]) -> bytes:
    """An animated PNG that never shows its green pixels, but a frame of this colour at its lower right."""
    whole = saved(Image.new("RGBA", (128, 96), (0, 200, 0, 255)), "PNG")
    frame = saved(Image.new("RGBA", (64, 48), colour), "PNG")
    control = frame_control(0, (64, 48, 64, 48), blend) + chunk(b"fdAT", (1).to_bytes(4) + idat(frame))
    return whole[:33] + chunk(b"acTL", b"\0\0\0\1" + bytes(4)) + whole[33:-12] + control + whole[-12:]


def moving(kind: str, **options: object) -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in (RED, BLUE, WHITE)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, **options)


UPPER_LEFT, LOWER_RIGHT, MIDDLE = (20, 20), (130, 130), (75, 75)
FRAMES: dict[str, tuple[bytes, dict[tuple[int, int], tuple[int, ...]]]] = {
    "GIF, upper left": (small_gif((128, 96), (0, 0)), {UPPER_LEFT: RED, LOWER_RIGHT: WHITE}),
    "GIF, lower right": (small_gif((128, 96), (64, 48)), {UPPER_LEFT: WHITE, LOWER_RIGHT: BLUE}),
    "GIF, without a canvas": (small_gif((0, 0), (0, 0)), {UPPER_LEFT: RED, LOWER_RIGHT: BLUE}),
    "GIF, large": (small_gif((1280, 960), (0, 0)), {(3, 3): WHITE, LOWER_RIGHT: WHITE}),
    "WebP, upper right": (small_webp(), {UPPER_LEFT: WHITE, (100, 20): RED, (142, 20): BLUE, LOWER_RIGHT: WHITE}),
    "WebP, lossy": (small_webp(b"VP8 "), {UPPER_LEFT: WHITE, (100, 20): RED, (142, 20): BLUE, LOWER_RIGHT: WHITE}),
    "PNG, hidden pixels": (hidden_behind(0, (*RED, 255)), {UPPER_LEFT: WHITE, LOWER_RIGHT: RED}),
    "PNG, hidden pixels, blended": (hidden_behind(1, (*RED, 0)), {UPPER_LEFT: WHITE, LOWER_RIGHT: WHITE}),
    "GIF, moving": (moving("GIF"), {MIDDLE: RED}),
    "WebP, moving": (moving("WEBP", lossless=True), {MIDDLE: RED}),
    "PNG, moving": (moving("PNG"), {MIDDLE: RED}),
    "PNG, moving, with pixels of its own": (moving("PNG", default_image=True), {MIDDLE: BLUE}),
    "AVIF, moving": (moving("AVIF", quality=95), {MIDDLE: RED}),
}


async def thumbnail(pool: PicturePool, folder: Path, body: bytes) -> Image.Image:
    source = folder / "source"
    source.write_bytes(body)
    await pool.check(source, folder)
    with Image.open(folder / "thumbnail.jpg") as shown:
        shown.load()
    return shown


def assert_close(seen: object, colour: Sequence[int], within: int = 6) -> None:
    assert isinstance(seen, tuple)
    assert all(abs(a - b) <= within for a, b in zip(seen, colour, strict=True)), (seen, colour)


@pytest.mark.parametrize("name", COLOURS)
async def test_colours_are_those_of_a_browser(pool: PicturePool, tmp_path: Path, name: str) -> None:
    body, colour = COLOURS[name]
    assert_close((await thumbnail(pool, tmp_path, body)).getpixel((20, 75)), colour)


@pytest.mark.parametrize("name", FRAMES)
async def test_first_frame_is_shown_on_white(pool: PicturePool, tmp_path: Path, name: str) -> None:
    body, expected = FRAMES[name]
    shown = await thumbnail(pool, tmp_path, body)
    for place, colour in expected.items():
        assert_close(shown.getpixel(place), colour, 20)
