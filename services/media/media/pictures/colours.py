"""Turning any decoded picture into plain sRGB on white, part by part: the whole of it need not be held twice."""

from io import BytesIO

from PIL import Image, ImageCms, ImageMath

WHITE = (255, 255, 255)
SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")
PART_ROWS = 256

_SRGB = ImageCms.createProfile("sRGB")


def on_white(picture: Image.Image, factor: int) -> Image.Image:
    """``picture`` in RGB, transparency filled with white, ``factor`` times smaller (the rest of a row is left off)."""
    if factor == 1 and picture.mode == "RGB" and "transparency" not in picture.info:
        return picture
    width, height = picture.width // factor, picture.height // factor
    whole = Image.new("RGB", (width, height), WHITE)
    rows = max(1, PART_ROWS // factor)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        part = _plain(picture.crop((0, top * factor, width * factor, bottom * factor)))
        whole.paste(part.reduce(factor) if factor > 1 else part, (0, top))
    return whole


def _plain(part: Image.Image) -> Image.Image:
    if part.mode in SIXTEEN_BITS:
        return _from_sixteen_bits(part)
    if part.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in part.info:
        part = part.convert("RGBA")
        white = Image.new("RGB", part.size, WHITE)
        white.paste(part, mask=part.getchannel("A"))
        return white
    return part.convert("RGB")


def _from_sixteen_bits(part: Image.Image) -> Image.Image:
    numbers = part.convert("I")
    grey = numbers.point(lambda value: value * (1 / 257)).convert("L")
    transparent = part.info.get("transparency")
    if isinstance(transparent, int):
        mask = ImageMath.lambda_eval(lambda it: it["convert"]((it["n"] == transparent) * 255, "L"), n=numbers)
        grey.paste(255, mask=mask)
    return grey.convert("RGB")


def to_srgb(picture: Image.Image, profile: bytes | None, mode: str) -> Image.Image:
    """The same colours in sRGB; a profile that cannot be read, or is of another ``mode``, is passed over."""
    if not profile or mode not in {"RGB", "RGBA", "P"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def from_cmyk(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Printing colours as a screen shows them."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture.convert("RGB")
    return converted or picture.convert("RGB")
