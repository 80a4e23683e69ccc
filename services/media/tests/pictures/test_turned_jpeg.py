"""Phones store what they see and say in the metadata how to turn it; we turn it, and lose next to nothing."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from media.pictures.opening import open_picture
from media.pictures.pool import PicturePool
from media.pictures.turned_jpeg import GEOMETRY, can_turn, turn_jpeg
from PIL import Image, ImageChops, ImageCms, ImageStat

SAMPLINGS = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}
MEGABYTES = 100


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Soft shapes in all colours; no two corners are alike."""
    bands = [Image.effect_noise((width // 20 + 1, height // 20 + 1), 90) for _ in range(3)]
    return Image.merge("RGB", [band.resize((width, height)) for band in bands]).convert(mode)


def jpeg(image: Image.Image, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", **{"quality": 90} | options)
    return file.getvalue()


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of a colour, of 255."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def turned(folder: Path, body: bytes, turn: Image.Transpose) -> Image.Image:
    source, target = folder / "source.jpg", folder / "turned.jpg"
    source.write_bytes(body)
    turn_jpeg(source, turn, target)
    with Image.open(target) as made:
        made.load()
        return made


def peak(pid: int) -> float:
    """The most megabytes that a process ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1000


@pytest.mark.parametrize("turn", GEOMETRY, ids=lambda turn: turn.name)
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("size", [(64, 48), (67, 1039), (1201, 33), (1, 3)], ids=str)
def test_every_pixel_comes_where_it_belongs(
    tmp_path: Path, turn: Image.Transpose, sampling: str, size: tuple[int, int]
) -> None:
    body = jpeg(photo(*size), subsampling=SAMPLINGS[sampling])
    expected = Image.open(BytesIO(body)).convert("RGB").transpose(turn)
    assert difference(expected, turned(tmp_path, body, turn)) < 2


@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:0"])
def test_whole_blocks_stay_as_they_are_and_the_file_does_not_grow(tmp_path: Path, sampling: str) -> None:
    body = jpeg(photo(640, 480), subsampling=SAMPLINGS[sampling])
    made = turned(tmp_path, body, Image.Transpose.ROTATE_270)
    assert difference(Image.open(BytesIO(body)).transpose(Image.Transpose.ROTATE_270), made) < 0.2
    assert (tmp_path / "turned.jpg").stat().st_size < 1.05 * len(body)


def test_grey_picture_stays_grey_and_of_what_is_told_of_it_only_the_profile_stays(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = jpeg(photo(90, 60, "L"), icc_profile=profile, comment=b"secret", dpi=(72, 72))
    made = turned(tmp_path, body, Image.Transpose.ROTATE_90)
    assert (made.mode, made.info["icc_profile"], "comment" in made.info) == ("L", profile, False)


@pytest.mark.parametrize(("options", "mode"), [({"keep_rgb": True}, "RGB"), ({}, "CMYK")])
def test_other_ways_of_storing_colours_are_told(tmp_path: Path, options: dict[str, Any], mode: str) -> None:
    (tmp_path / "source.jpg").write_bytes(jpeg(photo(60, 40, mode), **options))
    with open_picture(tmp_path / "source.jpg") as picture:
        assert not can_turn(picture)


@pytest.fixture(scope="module")
async def pool(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PicturePool]:
    pool = PicturePool(1, tmp_path_factory.mktemp("pool"))
    yield pool
    await pool.close()


async def test_picture_that_stores_colours_otherwise_stands_upright_too(pool: PicturePool, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    body = jpeg(photo(60, 40), keep_rgb=True, exif=exif)
    (tmp_path / "source").write_bytes(body)
    assert (await pool.check(tmp_path / "source", tmp_path)).width == 40
    with Image.open(tmp_path / "original") as original:
        expected = Image.open(BytesIO(body)).transpose(Image.Transpose.ROTATE_270)
        assert difference(expected, original) < 3


@pytest.mark.parametrize("orientation", [1, 3, 6])
async def test_twelve_megapixels_of_a_phone_take_a_bounded_memory(
    pool: PicturePool, tmp_path: Path, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "source").write_bytes(jpeg(photo(4032, 3024), exif=exif))
    await pool.check(tmp_path / "source", tmp_path)
    await pool.render(tmp_path / "original", tmp_path, ["thumbnail.jpg", "sm.jpg", "md.jpg", "lg.jpg"])
    (worker,) = pool._resting
    assert peak(worker._process.pid) < MEGABYTES
