"""Turns any decoded picture into plain sRGB on white, part by part, so that it is not held twice."""

from io import BytesIO

from PIL import Image, ImageCms, ImageMath

from media.pictures.first_frame import Box, Frame

WHITE = (255, 255, 255)
GREYS = frozenset({"1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "I;16N"})
SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")
PART_ROWS = 256

_SRGB = ImageCms.createProfile("sRGB")


def on_white(frame: Frame, factor: int) -> Image.Image:
    """Return the picture in RGB, white where it is transparent, ``factor`` times smaller (the rest of a row is cut)."""
    picture = frame.picture
    if factor == 1 and picture.mode == "RGB" and "transparency" not in picture.info and frame.covers_all:
        return picture
    width, height = frame.size[0] // factor, frame.size[1] // factor
    whole = Image.new("RGB", (width, height), WHITE)
    rows = max(1, PART_ROWS // factor)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        part = _part(frame, (0, top * factor, width * factor, bottom * factor))
        whole.paste(part.reduce(factor) if factor > 1 else part, (0, top))
    return whole


def _part(frame: Frame, wanted: Box) -> Image.Image:
    left, top = max(frame.box[0], wanted[0]), max(frame.box[1], wanted[1])
    right, bottom = min(frame.box[2], wanted[2]), min(frame.box[3], wanted[3])
    x, y = frame.place
    if (left, top, right, bottom) == wanted:
        return _plain(frame.picture.crop((left - x, top - y, right - x, bottom - y)))
    part = Image.new("RGB", (wanted[2] - wanted[0], wanted[3] - wanted[1]), WHITE)
    if left < right and top < bottom:
        shown = _plain(frame.picture.crop((left - x, top - y, right - x, bottom - y)))
        part.paste(shown, (left - wanted[0], top - wanted[1]))
    return part


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


def to_srgb(picture: Image.Image, profile: bytes | None, *, is_grey: bool) -> Image.Image:
    """Return the same colours in sRGB; a profile that cannot be read, or is meant for other pixels, is ignored."""
    if not profile or profile[16:20] != (b"GRAY" if is_grey else b"RGB "):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        pixels = picture.getchannel(0) if is_grey else picture
        converted = ImageCms.profileToProfile(pixels, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def from_cmyk(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return printing colours as a screen shows them."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture.convert("RGB")
    return converted or picture.convert("RGB")
