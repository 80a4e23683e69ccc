"""A picture that is too large is told so, with its size and the limit, whatever its format; one that is broken is not
taken, whatever is odd about it besides."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from media.pictures.opening import TooMuch as TooManyPixels
from media.pictures.opening import open_picture
from media.pictures.pool import NotAPicture, PicturePool, TooMuch
from PIL import Image, UnidentifiedImageError

from .surgery import SIZE, avif, chunk, extended, gif, halves, jpeg, png, riff_chunks, saved, webp, with_broken

WIDE, HIGH = 9000, 7000
LARGE_BYTES = struct.pack(">HH", HIGH, WIDE)


def patched(body: bytes, old: bytes, new: bytes) -> bytes:
    assert body.count(old) >= 1
    return body.replace(old, new)


def claiming() -> dict[str, bytes]:
    """Small pictures whose headers claim 9000 x 7000 pixels."""
    header = png()[16:29]
    large_header = struct.pack(">II", WIDE, HIGH) + header[8:]
    lossy = saved(halves(), "WEBP")
    return {
        "JPEG": patched(jpeg(), struct.pack(">HH", *SIZE[::-1]), LARGE_BYTES),
        "JPEG, progressive": patched(jpeg(progressive=True), struct.pack(">HH", *SIZE[::-1]), LARGE_BYTES),
        "PNG": png()[:8] + chunk(b"IHDR", large_header) + png()[33:],
        "GIF": gif()[:6] + struct.pack("<HH", WIDE, HIGH) + gif()[10:],
        "WEBP, extended": extended(0, riff_chunks(webp())[-1], size=(WIDE, HIGH)),
        "WEBP, lossy": patched(lossy, struct.pack("<HH", *SIZE), struct.pack("<HH", WIDE, HIGH)),
        "AVIF": patched(avif(), struct.pack(">II", *SIZE), struct.pack(">II", WIDE, HIGH)),
    }  # fmt: skip


CLAIMING = claiming()


async def refusal(pool: PicturePool, folder: Path, body: bytes, kind: type[NotAPicture] = NotAPicture) -> str:
    source = folder / "source"
    source.write_bytes(body)
    with pytest.raises(kind) as refused:
        await pool.check(source, folder)
    return str(refused.value)


@pytest.mark.parametrize("name", CLAIMING)
async def test_too_many_pixels_are_told_with_the_limit(pool: PicturePool, tmp_path: Path, name: str) -> None:
    kind = name.partition(",")[0]
    limit = 20 if kind in {"WEBP", "AVIF"} else 50
    told = await refusal(pool, tmp_path, CLAIMING[name], TooMuch)
    assert told == f"{kind} pictures may have at most {limit} million pixels; this one has 9000 x 7000."


async def test_gif_whose_first_frame_is_larger_than_it_says_is_as_large_as_that(
    pool: PicturePool, tmp_path: Path
) -> None:
    frame = gif().index(b",")
    body = gif()[: frame + 1] + struct.pack("<HHHH", 8000, 7000, *SIZE) + gif()[frame + 9 :]
    assert "8064 x 7048" in await refusal(pool, tmp_path, body, TooMuch)


@pytest.mark.parametrize("kind", ["GIF", "AVIF"])
async def test_too_many_frames_are_told(pool: PicturePool, tmp_path: Path, kind: str) -> None:
    few = {"speed": 10} if kind == "AVIF" else {}
    frames = [Image.new("L", (8, 8), number % 256) for number in range(501)]
    body = saved(frames[0], kind, save_all=True, append_images=frames[1:], **few)
    told = await refusal(pool, tmp_path, body, TooMuch)
    assert told == "Pictures may have at most 500 frames; this one has 501."


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE", b"IDAT"])
async def test_wrong_checksum_of_what_the_pixels_need_counts(pool: PicturePool, tmp_path: Path, kind: bytes) -> None:
    whole = saved(halves().convert("P", palette=Image.Palette.ADAPTIVE), "PNG")
    await refusal(pool, tmp_path, with_broken(kind, whole))


@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.97])
async def test_jpeg_that_lacks_more_than_its_end_is_refused(
    pool: PicturePool, tmp_path: Path, part: float, progressive: bool
) -> None:
    noise = Image.effect_noise((90, 70), 80).convert("RGB")
    whole = saved(noise, "JPEG", progressive=progressive)
    await refusal(pool, tmp_path, whole[: int(len(whole) * part)])


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM", "ICO", "TGA"])
def test_decoder_itself_knows_no_other_formats(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "source"
    halves().save(source, kind)
    with pytest.raises(UnidentifiedImageError):
        open_picture(source)


def test_opening_counts_pixels_by_itself(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(saved(Image.new("RGB", (5000, 4001)), "WEBP", method=0))
    with pytest.raises(TooManyPixels):
        open_picture(source)


@pytest.mark.parametrize("pixels", [50_000_001, 110_000_000])
def test_decoder_itself_refuses_bombs(tmp_path: Path, pixels: int) -> None:
    body = png()[:8] + chunk(b"IHDR", struct.pack(">II", pixels, 1) + png()[24:29]) + png()[33:]
    source = tmp_path / "source"
    source.write_bytes(body)
    program = "import sys, media.pictures.opening; from PIL import Image; Image.open(sys.argv[1])"
    # A process of its own: here, warnings are errors anyway.
    ended = subprocess.run([sys.executable, "-c", program, str(source)], capture_output=True, text=True, check=False)
    assert "DecompressionBomb" in ended.stderr
    assert ended.returncode == 1
