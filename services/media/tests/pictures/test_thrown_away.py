"""What is thrown away never refuses a picture, whatever is in it: browsers show every one of these."""

import random
import zlib
from pathlib import Path

import pytest
from media.pictures.pool import PicturePool
from PIL import Image

from .surgery import (
    BLUE,
    LARGE_PROFILE,
    PROFILE,
    PROFILE_OF_GREY,
    PROFILE_OF_PRINT,
    RED,
    SIZE,
    avif,
    before_end,
    before_scan,
    box,
    chunk,
    exif,
    extended,
    gif,
    halves,
    jpeg,
    packed_zeros,
    png,
    riff,
    riff_chunks,
    saved,
    segment,
    webp,
    with_box,
    with_broken,
    with_chunks,
    with_segments,
)  # fmt: skip

CHANCE = random.Random(11)  # noqa: S311 - no secret
NOISE = CHANCE.randbytes(40_000)
LONG = zlib.compress(b"a long story " * 400_000, 9)
EXIF, XMP, PHOTOSHOP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
ENTRIES = b"\xff\xff" + b"\x01\x12\x00\x03\x00\x00\x00\x01" * 50
TWO_FRAMES = b"\0\0\0\2" + bytes(4)
PIXELS = riff_chunks(webp())[-1]

JPEGS = {
    "as it should be": jpeg(),
    "progressive": jpeg(progressive=True),
    "a text that is not its length": with_segments(segment(0xFE, NOISE)),
    "an EXIF of nothing": with_segments(segment(0xE1, EXIF)),
    "an EXIF whose directories form a circle": with_segments(segment(0xE1, EXIF + b"II*\0\x08\0\0\0\0\0\x08\0\0\0")),
    "an EXIF of too many entries": with_segments(segment(0xE1, EXIF + b"MM\0*\0\0\0\x08" + ENTRIES)),
    "an EXIF far away": with_segments(segment(0xE1, EXIF + b"MM\0*\xff\xff\xff\xff" + ENTRIES)),
    "an EXIF of the other order": with_segments(segment(0xE1, EXIF + b"II*\0" + exif(6)[4:])),
    "an EXIF of no order": with_segments(segment(0xE1, EXIF + b"XX*\0" + exif(6)[4:])),
    "an EXIF of noise": with_segments(segment(0xE1, EXIF + NOISE)),
    "an EXIF that stands nowhere": with_segments(segment(0xE1, EXIF + exif(9))),
    "two EXIFs": with_segments(segment(0xE1, EXIF + exif(1)), segment(0xE1, EXIF + exif(6))),
    "an XMP that is not XML": with_segments(segment(0xE1, XMP + NOISE)),
    "an XMP that turns it": with_segments(segment(0xE1, XMP + b'<x tiff:Orientation="6"/>')),
    "a block of Photoshop cut short": with_segments(segment(0xED, PHOTOSHOP + b"8BIM\x03\xed\0\0\0\0")),
    "a block of Photoshop without end": with_segments(segment(0xED, PHOTOSHOP + b"8BIM\x03\xed\0\0\xff\xff\xff\xff")),
    "a profile of noise": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + NOISE)),
    "a profile of no bytes": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x01")),
    "a profile cut short": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + PROFILE[:200])),
    "a profile whose last part is missing": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x02" + PROFILE[:200])),
    "a profile without a number": with_segments(segment(0xE2, b"ICC_PROFILE\0")),
    "a profile of grey": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + PROFILE_OF_GREY)),
    "a profile of print": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + PROFILE_OF_PRINT)),
    "several pictures that are not there": with_segments(segment(0xE2, b"MPF\0MM\0*\0\0\0\x08" + ENTRIES)),
    "another JFIF cut short": with_segments(segment(0xE0, b"JFIF\0")),
    "an Adobe cut short": with_segments(segment(0xEE, b"Adobe")),
    "segments of no application": with_segments(*(segment(number, NOISE[:99]) for number in range(0xE3, 0xF0))),
    "a segment shorter than its length": with_segments(b"\xff\xe5\0\0", b"\xff\xe6\0\1"),
    "bytes between segments": with_segments(b"\x0a" * 7),
    "stuffed bytes between segments": with_segments(b"\xff\0\xff\0"),
    "marks without a length": with_segments(b"\xff\x01\xff\xd0\xff\xd7"),
    "many fill bytes": with_segments(b"\xff" * 300_000),
    "many zeros": before_scan(bytes(300_000)),
    "words before the scan": before_scan(b"hello, here I am"),
    "fill bytes before its end": jpeg()[:-2] + b"\xff" * 9 + jpeg()[-2:],
    "zeros before its end": jpeg()[:-2] + bytes(90) + jpeg()[-2:],
    "another picture behind its end": jpeg() + saved(halves().rotate(180), "JPEG"),
    "no end": jpeg()[:-2],
    "no end, and zeros": jpeg()[:-2] + bytes(5000),
    "no end, progressive": jpeg(progressive=True)[:-2],
    "a segment cut short in place of the end": jpeg()[:-2] + b"\xff\xe1\xff\xff12",
    "noise behind its end": jpeg() + NOISE,
}  # fmt: skip
JPEGS |= {f"an EXIF cut after {n} bytes": with_segments(segment(0xE1, EXIF + exif(6)[:n]), dpi=(72, 72))
          for n in range(20)}  # fmt: skip

PNGS = {
    "as it should be": png(),
    "a long iTXt": with_chunks(chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + LONG)),
    "a long zTXt": with_chunks(chunk(b"zTXt", b"workflow\0\0" + LONG)),
    "a long tEXt": with_chunks(chunk(b"tEXt", b"workflow\0" + b"x" * 9_000_000)),
    "many long texts": with_chunks(*[chunk(b"zTXt", b"workflow\0\0" + LONG)] * 30),
    "a zTXt that is not packed": with_chunks(chunk(b"zTXt", b"workflow\0\0" + NOISE)),
    "a zTXt packed otherwise": with_chunks(chunk(b"zTXt", b"workflow\0\x07" + LONG)),
    "texts without a word": with_chunks(chunk(b"tEXt", b""), chunk(b"zTXt", b""), chunk(b"iTXt", b"")),
    "an iTXt of noise": before_end(chunk(b"iTXt", NOISE)),
    "an EXIF of noise": with_chunks(chunk(b"eXIf", NOISE)),
    "an EXIF cut short": with_chunks(chunk(b"eXIf", exif(6)[:9])),
    "an EXIF of nothing": before_end(chunk(b"eXIf", b"")),
    "a gamma cut short": with_chunks(chunk(b"gAMA", b"\0")),
    "colours cut short": with_chunks(chunk(b"cHRM", bytes(9)), chunk(b"sRGB", b""), chunk(b"cICP", b"\1")),
    "a density cut short": with_chunks(chunk(b"pHYs", b"\0\0")),
    "a transparency cut short": with_chunks(chunk(b"tRNS", b"\0")),
    "a transparency of a kind that has none": with_chunks(
        chunk(b"tRNS", b"\0\0"), whole=saved(halves(mode="RGBA", left=(*RED, 255), right=(*BLUE, 255)), "PNG")
    ),
    "a profile of noise": with_chunks(chunk(b"iCCP", b"name\0\0" + NOISE)),
    "a profile that is not one": with_chunks(chunk(b"iCCP", b"name\0\0" + zlib.compress(b"hello" * 99))),
    "a profile without end": with_chunks(chunk(b"iCCP", b"name\0\0" + zlib.compress(PROFILE)[:-9])),
    "a profile without a name": with_chunks(chunk(b"iCCP", b"name")),
    "a profile packed otherwise": with_chunks(chunk(b"iCCP", b"name\0\x07" + zlib.compress(PROFILE))),
    "a profile of 300 MB": with_chunks(chunk(b"iCCP", b"name\0\0" + packed_zeros(300))),
    "a profile of 3 MB": with_chunks(chunk(b"iCCP", b"name\0\0" + zlib.compress(LARGE_PROFILE))),
    "a profile of grey": with_chunks(chunk(b"iCCP", b"n\0\0" + zlib.compress(PROFILE_OF_GREY))),
    "a profile of print": with_chunks(chunk(b"iCCP", b"n\0\0" + zlib.compress(PROFILE_OF_PRINT))),
    "an animation without frames": with_chunks(chunk(b"acTL", bytes(8))),
    "an animation cut short": with_chunks(chunk(b"acTL", b"\0")),
    "an animation whose frames are nothing": with_chunks(chunk(b"acTL", TWO_FRAMES), chunk(b"fcTL", bytes(26))),
    "frames out of order": before_end(chunk(b"fcTL", b"\0\0\0\7" + bytes(22)), chunk(b"fdAT", b"\0\0\0\1" + NOISE)),
    "unknown parts": with_chunks(chunk(b"vpAg", bytes(9)), chunk(b"oFFs", b""), chunk(b"caBX", NOISE)),
    "two gammas": with_chunks(*[chunk(b"gAMA", (45455).to_bytes(4))] * 2),
    "a palette that only suggests": with_chunks(chunk(b"PLTE", bytes(7))),
    "noise behind its end": png() + NOISE,
    "no end": png()[:-12],
    "an end cut short": png()[:-5],
    "a wrong checksum of the end": with_broken(b"IEND", png()),
    "a text cut short in place of the end": png()[:-12] + b"\0\0\xff\xfftEXthello",
}  # fmt: skip
for _kind, _data in {
    b"tEXt": b"Software\0Old", b"pHYs": b"\0\0\x0b\x13\0\0\x0b\x13\1", b"gAMA": (20_000).to_bytes(4), b"tIME": bytes(7),
    b"iCCP": b"n\0\0" + zlib.compress(PROFILE), b"tRNS": b"\0\xc8\0\x1e\0\x1e", b"bKGD": bytes(6), b"sRGB": b"\0",
    b"cHRM": bytes(32), b"cICP": b"\x09\x10\0\1", b"acTL": b"\0\0\0\2\0\0\0\0", b"eXIf": exif(6), b"zTXt": NOISE,
}.items():  # fmt: skip
    if _kind != b"eXIf":
        PNGS[f"a wrong checksum of {_kind.decode()}"] = with_chunks(chunk(_kind, _data, checksum=1))

GIFS = {
    "as it should be": gif(),
    "interlaced": gif(interlace=1),
    "a NUL before its trailer": gif()[:-1] + b"\0;",
    "NULs in place of its trailer": gif()[:-1] + bytes(4),
    "no trailer": gif()[:-1],
    "noise in place of its trailer": gif()[:-1] + b"\x99" + NOISE,
    "noise behind its trailer": gif() + NOISE,
    "a second frame cut short": gif()[:-1] + b"!\xf9\4\0\0\0\0\0," + bytes(4) + b"\x40\0\x30\0\0\x08\xff" + NOISE[:50],
    "an extension cut short": gif()[:-1] + b"!\xfe\xffhello",
    "an extension without a kind": gif()[:-1] + b"!",
    "a comment": gif()[:-1] + b"!\xfe\5hello\0;",
}  # fmt: skip
_HEAD = len(gif()) - len(gif()[gif().index(b",") :])
for _name, _extension in {
    "a long comment": b"!\xfe" + b"\xff" * 256 * 400 + b"\0",
    "a graphic control cut short": b"!\xf9\1\1\0",
    "a graphic control of nothing": b"!\xf9\0",
    "an application that nobody knows": b"!\xff\x0bXMP DataXMP<?xpacket\0".ljust(290, b"\1") + b"\0\0",
    "an application cut short": b"!\xff\3NET\0",
    "a loop cut short": b"!\xff\x0bNETSCAPE2.0\1\1\0",
    "a loop of nothing": b"!\xff\x0bNETSCAPE2.0\0",
    "a plain text": b"!\x01\x0c" + bytes(12) + b"\5hello\0",
    "an unknown extension": b"!\x42\2hi\0",
}.items():
    GIFS[_name] = gif()[:_HEAD] + _extension + gif()[_HEAD:]

WEBPS = {
    "as it should be": webp(),
    "lossy": saved(halves(), "WEBP", quality=95),
    "an EXIF of noise": extended(8, PIXELS, (b"EXIF", NOISE)),
    "an EXIF of nothing": extended(8, PIXELS, (b"EXIF", b"")),
    "an EXIF cut short": extended(8, PIXELS, (b"EXIF", b"Exif\0\0" + exif(6)[:11])),
    "an XMP of noise": extended(4, PIXELS, (b"XMP ", NOISE)),
    "flags of what is not there": extended(0x2C, PIXELS),
    "a profile of noise": extended(0x20, (b"ICCP", NOISE), PIXELS),
    "a profile of nothing": extended(0x20, (b"ICCP", b""), PIXELS),
    "unknown parts": extended(0, (b"ABCD", NOISE), PIXELS, (b"EFGH", b"odd")),
    "an unknown part in a simple file": riff(PIXELS, (b"ABCD", b"odd")),
    "noise behind its end": webp() + NOISE,
    "a length that is too long": webp()[:4] + (len(webp()) + 99).to_bytes(4, "little") + webp()[8:],
    "metadata cut short": extended(8, PIXELS, (b"EXIF", NOISE))[:-100],
}  # fmt: skip

AVIFS = {
    "as it should be": avif(),
    "an EXIF of noise": avif(exif=b"Exif\0\0" + exif(1)).replace(exif(1), NOISE[: len(exif(1))]),
    "an EXIF": avif(exif=b"Exif\0\0" + exif(1)),
    "an XMP of noise": avif(xmp=NOISE),
    "a profile of noise": avif(icc_profile=PROFILE).replace(PROFILE[20:], NOISE[: len(PROFILE) - 20]),
    "an unknown box between the others": with_box(box(b"uuid", NOISE)),
    "a free box between the others": with_box(box(b"free", NOISE)),
    "noise behind its end": avif() + NOISE,
    "a free box behind its end": avif() + box(b"free", NOISE),
}

ALL = {
    f"{kind} with {name}": (kind, body)
    for kind, table in (("JPEG", JPEGS), ("PNG", PNGS), ("GIF", GIFS), ("WEBP", WEBPS), ("AVIF", AVIFS))
    for name, body in table.items()
}


@pytest.mark.parametrize("name", ALL)
async def test_picture_is_taken_and_shown_as_browsers_show_it(pool: PicturePool, tmp_path: Path, name: str) -> None:
    kind, body = ALL[name]
    source = tmp_path / "source"
    source.write_bytes(body)
    checked = await pool.check(source, tmp_path)
    assert (checked.format, checked.width, checked.height) == (kind, *SIZE)
    for file in ("thumbnail.jpg", "original"):
        with Image.open(tmp_path / file) as shown:
            plain = shown.convert("RGB")
        for where, colour in (((0.1, 0.5), RED), ((0.9, 0.5), BLUE)):
            seen = plain.getpixel((int(plain.width * where[0]), int(plain.height * where[1])))
            assert isinstance(seen, tuple)
            assert all(abs(a - b) < 20 for a, b in zip(seen, colour, strict=True)), (file, seen)
