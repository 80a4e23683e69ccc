"""Awkward pictures, made here: each is shown right or refused clearly."""

import random
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from media.pictures.pool import Checked, NotAPicture, PicturePool
from PIL import Image, PngImagePlugin

from ..builders import picture
from .surgery import BLUE, RED, SIZE, WHITE, halves, saved


async def check(pool: PicturePool, folder: Path, body: bytes) -> Checked:
    source = folder / "source"
    source.write_bytes(body)
    return await pool.check(source, folder)


def scanned(times: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each is a pass over all pixels."""
    body = saved(halves(RED, WHITE), "JPEG", progressive=True)
    last = body.rindex(b"\xff\xda")
    return body[:last] + body[last:-2] * times + body[-2:]


def is_close(one: Any, other: Any, within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


def corner(folder: Path, where: tuple[int, int]) -> Any:
    with Image.open(folder / "thumbnail.jpg") as thumbnail:
        assert (thumbnail.format, thumbnail.mode, thumbnail.size) == ("JPEG", "RGB", (150, 150))
        return thumbnail.getpixel(where)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
async def test_every_format_is_taken_as_it_is(pool: PicturePool, tmp_path: Path, kind: str) -> None:
    body = picture(64, 48, kind)
    checked = await check(pool, tmp_path, body)
    assert (checked.format, checked.width, checked.height) == (kind, 64, 48)
    assert (tmp_path / "original").read_bytes() == body
    assert is_close(corner(tmp_path, (75, 75)), RED)


@pytest.mark.parametrize("file", ["original", "thumbnail.jpg"])
async def test_full_disk_is_no_fault_of_the_picture(pool: PicturePool, tmp_path: Path, file: str) -> None:
    (tmp_path / file).symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        await check(pool, tmp_path, picture(64, 48))


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PDF", "EPS", "ICO", "PPM", "TGA", "JPEG2000"])
async def test_other_formats_are_refused(pool: PicturePool, tmp_path: Path, kind: str) -> None:
    with pytest.raises(NotAPicture):
        await check(pool, tmp_path, picture(32, 32, kind))


@pytest.mark.parametrize(
    ("orientation", "size", "top_left"),
    [
        (1, (60, 40), "left"),
        (2, (60, 40), "right"),
        (3, (60, 40), "right"),
        (6, (40, 60), "left"),
        (8, (40, 60), "right"),
    ],
)
async def test_picture_stands_upright(
    pool: PicturePool, tmp_path: Path, orientation: int, size: tuple[int, int], top_left: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    checked = await check(pool, tmp_path, saved(halves(size=(60, 40)), "JPEG", exif=exif, quality=95))
    assert (checked.width, checked.height) == size
    expected = RED if top_left == "left" else BLUE
    assert is_close(corner(tmp_path, (3, 3)), expected, 40)
    with Image.open(tmp_path / "original") as original:
        assert not original.getexif()


async def test_transparency_becomes_white(pool: PicturePool, tmp_path: Path) -> None:
    clear = (0, 0, 0, 0)
    palette = halves((*RED, 255), clear, mode="RGBA").convert("P")
    palette_png = saved(palette, "PNG", transparency=palette.getpixel((59, 0)))
    two_greys = Image.frombytes("I;16", (2, 1), (10_000).to_bytes(2, "little") + (40_000).to_bytes(2, "little"))
    grey = saved(two_greys.resize((60, 40), Image.Resampling.NEAREST), "PNG")
    for body in (
        saved(halves((*RED, 255), clear, mode="RGBA"), "PNG"), saved(halves((*RED, 255), clear, mode="RGBA"), "WEBP"),
        saved(halves((80, 255), (0, 0), mode="LA"), "PNG"), palette_png,
    ):  # fmt: skip
        await check(pool, tmp_path, body)
        assert is_close(corner(tmp_path, (147, 75)), WHITE)
        assert not is_close(corner(tmp_path, (3, 75)), WHITE)
    await check(pool, tmp_path, grey)
    assert is_close(corner(tmp_path, (3, 75)), (39, 39, 39))
    assert is_close(corner(tmp_path, (147, 75)), (156, 156, 156))


async def test_cmyk_is_shown_in_its_colours(pool: PicturePool, tmp_path: Path) -> None:
    await check(pool, tmp_path, saved(Image.new("CMYK", (60, 60), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = corner(tmp_path, (75, 75))
    assert red > 200
    assert green < 70
    assert blue < 70


async def test_first_frame_of_an_animation_is_shown_and_all_are_kept(pool: PicturePool, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, (0, 200, 0), (0, 0, 200))]
    for kind in ("GIF", "WEBP", "PNG"):
        body = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        await check(pool, tmp_path, body)
        assert is_close(corner(tmp_path, (75, 75)), RED)
        with Image.open(tmp_path / "original") as original:
            assert getattr(original, "n_frames", 1) == 3


async def test_metadata_and_what_hides_behind_the_end_goes_but_the_profile_stays(
    pool: PicturePool, tmp_path: Path
) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010F] = "HIDDEN"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "HIDDEN")
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"exif": exif, "comment": b"HIDDEN"}, "PNG": {"exif": exif, "pnginfo": text},
        "WEBP": {"exif": exif, "xmp": b"HIDDEN"}, "AVIF": {"exif": exif, "xmp": b"HIDDEN"},
        "GIF": {"comment": b"HIDDEN"},
    }  # fmt: skip
    for kind, more in options.items():
        colours = {} if kind == "GIF" else {"icc_profile": profile}
        body = saved(halves(RED, WHITE), kind, **more, **colours)
        assert b"HIDDEN" in body or kind in {"PNG"}
        await check(pool, tmp_path, body + b"PK\x03\x04 HIDDEN <script>")
        original = (tmp_path / "original").read_bytes()
        assert b"HIDDEN" not in original, kind
        with Image.open(BytesIO(original)) as image:
            assert image.info.get("icc_profile") == colours.get("icc_profile"), kind
            image.load()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
async def test_truncated_picture_is_refused(pool: PicturePool, tmp_path: Path, kind: str) -> None:
    body = saved(Image.effect_noise((200, 200), 80).convert("RGB"), kind)
    for part in (0.3, 0.6, 0.95):
        with pytest.raises(NotAPicture):
            await check(pool, tmp_path, body[: int(len(body) * part)])


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of that size."""
    header = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x01\x00\x00\x00\x00"
    chunks = [header, b"IDAT" + zlib.compress(b"\0" * 1000), b"IEND"]
    whole = b"".join(len(c[4:]).to_bytes(4) + c + zlib.crc32(c).to_bytes(4) for c in chunks)
    return b"\x89PNG\r\n\x1a\n" + whole


async def test_bombs_are_refused(pool: PicturePool, tmp_path: Path) -> None:
    tiny = [Image.new("L", (1, 1), number % 256) for number in range(600)]
    frames = saved(tiny[0], "GIF", save_all=True, append_images=tiny[1:])
    for body in (
        png_of(60_000, 60_000),
        png_of(8000, 7000),
        frames,
        b"",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WEBP",
    ):
        with pytest.raises(NotAPicture):
            await check(pool, tmp_path, body)


async def test_format_that_takes_much_memory_has_a_lower_limit(pool: PicturePool, tmp_path: Path) -> None:
    with pytest.raises(NotAPicture, match="at most 20 million pixels; this one has 5000 x 4001"):
        await check(pool, tmp_path, saved(Image.new("RGB", (5000, 4001)), "WEBP", method=0))


async def test_damaged_picture_is_refused_or_shown_and_never_ends_the_process(
    pool: PicturePool, tmp_path: Path
) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    noise = Image.effect_noise((60, 60), 80).convert("RGB")
    whole = [saved(noise, kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")]
    for number in range(200):
        body = bytearray(whole[number % len(whole)])
        for _ in range(chance.choice((1, 3, 20))):
            body[chance.randrange(len(body))] = chance.randrange(256)
        with suppress(NotAPicture):
            await check(pool, tmp_path, bytes(body))


async def test_sizes_are_squares_cut_from_the_middle(pool: PicturePool, tmp_path: Path) -> None:
    await check(pool, tmp_path, saved(halves(RED, WHITE, (3000, 1500)), "PNG"))
    await pool.render(tmp_path / "original", tmp_path, ["sm.jpg", "md.jpg", "lg.jpg"])
    for name, size in (("sm", 300), ("md", 600), ("lg", 1200)):
        with Image.open(tmp_path / f"{name}.jpg") as made:
            assert made.size == (size, size)
            assert is_close(made.getpixel((size // 4, size // 2)), RED)
            assert is_close(made.getpixel((size * 3 // 4, size // 2)), WHITE)


async def test_process_that_dies_is_replaced(pool: PicturePool, tmp_path: Path) -> None:
    await check(pool, tmp_path, picture())
    for worker in pool._resting:
        worker.kill()
        await worker.ended()
    await check(pool, tmp_path, picture())


async def test_jpeg_of_many_scans_is_refused_before_it_is_decoded(pool: PicturePool, tmp_path: Path) -> None:
    assert (await check(pool, tmp_path, scanned(50))).width == SIZE[0]
    with pytest.raises(NotAPicture):
        await check(pool, tmp_path, scanned(5000))
