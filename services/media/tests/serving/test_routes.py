from io import BytesIO

import pytest
from PIL import Image

from ..builders import Media, picture


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


async def test_every_address_of_an_answer_shows_its_picture(media: Media) -> None:
    row = await media.upload(body=picture(400, 300))
    for field, size in (("thumbnail", 150), ("sm", 300), ("md", 600), ("lg", 1200)):
        shown = await media.fetch(row[f"image_{field}_url"])
        assert (opened(shown.content).format, opened(shown.content).size) == ("JPEG", (size, size))
        assert shown.headers["vary"] == "Accept"
    original = await media.fetch(row["image_url"])
    assert row["image"] == row["image_url"]
    assert (original.content, original.headers["content-type"]) == (picture(400, 300), "image/jpeg")


async def test_headers_let_everyone_keep_a_picture_for_ever(media: Media) -> None:
    row = await media.upload()
    first = await media.fetch(row["image_url"])
    assert "immutable" in first.headers["cache-control"]
    assert first.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in first.headers["content-security-policy"]
    again = await media.fetch(row["image_url"], **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/avif,image/webp,*/*", "WEBP"), ("image/avif;q=0.9, image/webp;q=0.5", "AVIF"), ("image/avif", "AVIF"),
        ("*/*", "JPEG"), ("image/*", "JPEG"), ("image/webp;q=0", "JPEG"), ("image/jpeg, image/webp;q=0.5", "JPEG"),
    ],
)  # fmt: skip
async def test_same_address_gives_what_the_client_asks_for(media: Media, accept: str, kind: str) -> None:
    row = await media.upload(body=picture(400, 300))
    shown = await media.fetch(row["image_sm_url"], Accept=accept)
    assert (opened(shown.content).format, opened(shown.content).size) == (kind, (300, 300))
    assert shown.headers["content-type"] == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10), ("bytes=10-", 206, 10, None), ("bytes=-5", 206, -5, None),
        ("bytes=0-999999", 206, 0, None), ("bytes=999999-", 416, 0, 0), ("bytes=0-1,4-5", 200, 0, None),
        ("lines=1-2", 200, 0, None), ("bytes=5-1", 200, 0, None),
    ],
)  # fmt: skip
async def test_ranges(media: Media, asked: str, status: int, start: int, end: int | None) -> None:
    row = await media.upload()
    shown = await media.fetch(row["image_url"], Range=asked)
    assert (shown.status_code, shown.content) == (status, picture()[start:end] if status != 416 else b"")


async def test_large_original_arrives_whole(media: Media) -> None:
    noise = Image.effect_noise((900, 900), 90)
    file = BytesIO()
    noise.save(file, "PNG")
    row = await media.upload(body=file.getvalue())
    assert (await media.fetch(row["image_url"])).content == file.getvalue()
    part = await media.fetch(row["image_url"], Range="bytes=100000-700000")
    assert part.content == file.getvalue()[100_000:700_001]


@pytest.mark.parametrize("change", ["_xl.jpg", ".png", "_sm.webp", ".jpg/", "/../../x"])
async def test_what_is_no_address_of_a_picture_is_a_404(media: Media, change: str) -> None:
    row = await media.upload()
    missing = await media.client.get(row["image_url"].removesuffix(".jpg") + change)
    assert (missing.status_code, missing.json()) == (404, {"detail": "Not found."})
    other = row["image_url"].replace("/nomenklatura/", "/clients/")
    assert (await media.fetch(other)).status_code == 404
