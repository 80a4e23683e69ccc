"""Turns an original as its metadata says, and drops the metadata."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin

from media.pictures.render import write

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
NUMBERS = frozenset({b"cHRM", b"cICP", b"gAMA", b"sRGB"})
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "optimize": False},
    "WEBP": {"quality": 92},
    "AVIF": {"quality": 85},
}


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    """Return how an AVIF has to be turned, as its boxes say, to stand upright; None when it does."""
    return TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))


def save_anew(
    picture: Image.Image, turn: Image.Transpose, path: Path, kind: str, numbers: Mapping[bytes, bytes]
) -> None:
    """Decode the picture and write it upright in its own format; of its metadata only the colour profile stays.

    ``numbers`` are the chunks of a PNG that stand for a profile.

    JPEGs come here only if their colours are stored in a way that :mod:`media.pictures.turned_jpeg` does not know.
    """
    options = dict(QUALITY.get(kind, {}))
    if profile := picture.info.get("icc_profile"):
        options["icc_profile"] = profile
    if kind == "JPEG":
        options["subsampling"] = max(JpegImagePlugin.get_sampling(picture), 0)
    if "transparency" in picture.info:
        options["transparency"] = picture.info["transparency"]
    if kind == "PNG":
        options["pnginfo"] = _said(numbers)
    picture.load()
    turned = _turned(picture, turn)
    turned.info.clear()
    write(turned, path, kind, **options)


def _said(numbers: Mapping[bytes, bytes]) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for name in sorted(NUMBERS & numbers.keys()):
        info.add(name, numbers[name])
    return info


def _turned(picture: Image.Image, turn: Image.Transpose) -> Image.Image:
    """Turn a picture colour by colour, so that it is not held twice."""
    if picture.mode not in {"RGB", "RGBA"}:
        return picture.transpose(turn)
    bands = [picture.getchannel(number).transpose(turn) for number in range(len(picture.getbands()))]
    picture.im = None  # type: ignore[assignment]  # lets go of the pixels; the picture is not used again
    return Image.merge(picture.mode, bands)
