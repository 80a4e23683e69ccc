import asyncio
from io import BytesIO

import psycopg
import pytest
from fastapi import FastAPI
from media.renditions.service import LOCK_CLASS, MAX_WORKING, Renderer
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
        ("image/avif,image/webp,*/*", "WEBP"), ("image/avif", "AVIF"), ("image/webp;q=0.4, image/jpeg;q=0.3", "WEBP"),
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


BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


async def test_what_lists_show_is_there_with_the_upload(media: Media, app: FastAPI) -> None:
    row = await media.upload(body=picture(900, 700))
    for field in ("image_thumbnail_url", "image_sm_url"):
        for accept, kind in ((BROWSER, "webp"), ("*/*", "jpeg")):
            shown = await media.fetch(row[field], Accept=accept)
            assert shown.headers["content-type"] == f"image/{kind}"
            assert "immutable" in shown.headers["cache-control"]
    assert app.state.renderer._working == {}
    assert media.stored() == ["original", "sm.jpg", "sm.webp", "thumbnail.jpg", "thumbnail.webp"]


@pytest.mark.parametrize(
    ("accept", "field", "first", "then"),
    [
        (BROWSER, "image_md_url", "jpeg", "webp"), ("image/avif;q=0.9,image/*;q=0.5", "image_lg_url", "jpeg", "avif"),
        ("image/avif;q=0.9, image/webp;q=0.5", "image_sm_url", "webp", "avif"),
    ],
)  # fmt: skip
async def test_what_is_not_made_yet_comes_in_another_way_for_now(
    media: Media, app: FastAPI, accept: str, field: str, first: str, then: str
) -> None:
    row = await media.upload(body=picture(900, 700))
    await media.fetch(row["image_lg_url"])  # as the worker does, all JPEGs are made

    with psycopg.connect(media.dsn, autocommit=True) as somebody:  # makes that file just now, and takes long
        somebody.execute("select pg_advisory_lock(%s, id::int) from file", [LOCK_CLASS])
        shown = await asyncio.wait_for(media.fetch(row[field], Accept=accept), 10)
        renderer: Renderer = app.state.renderer
        (task,) = renderer._working.values()
        assert not task.done()
    assert (shown.headers["content-type"], shown.headers["vary"]) == (f"image/{first}", "Accept")
    assert shown.headers["cache-control"] == "public, max-age=60"
    await task
    better = await media.fetch(row[field], **{"Accept": accept, "If-None-Match": shown.headers["etag"]})
    assert (better.status_code, better.headers["content-type"]) == (200, f"image/{then}")
    assert "immutable" in better.headers["cache-control"]
    assert opened(better.content).size == opened(shown.content).size


async def test_nothing_is_begun_for_nobody_when_there_is_much_to_do(media: Media, app: FastAPI) -> None:
    row = await media.upload(body=picture(900, 700))
    await media.fetch(row["image_lg_url"])
    renderer = app.state.renderer
    busy = {(-number, "webp", "md"): asyncio.create_task(asyncio.sleep(60)) for number in range(MAX_WORKING)}
    renderer._working.update(busy)
    try:
        assert (await media.fetch(row["image_md_url"], Accept=BROWSER)).headers["content-type"] == "image/jpeg"
        assert len(renderer._working) == MAX_WORKING
    finally:
        for task in busy.values():
            task.cancel()
        renderer._working.clear()


async def test_picture_whose_better_way_cannot_be_made_is_shown_all_the_same(media: Media) -> None:
    row = await media.upload(body=picture(900, 700))
    await media.fetch(row["image_lg_url"])
    (original,) = media.files.rglob("original")
    original.write_bytes(b"broken by a bad disk")
    for _ in range(3):
        shown = await media.fetch(row["image_md_url"], Accept=BROWSER)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
