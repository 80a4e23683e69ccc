"""Requests that would be taken were they not too much: each bound is reached alone."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest
from ecatalog.core.errors import TooLarge
from ecatalog.http.body import MAX_FORM_BYTES
from ecatalog.testing.client import running
from ecatalog.testing.tokens import TokenFactory
from fastapi import Request
from media.images.schemas import ProjectImageIn
from media.main import create
from media.settings import MEGABYTE, MediaSettings
from media.uploads.bodies import UploadBody

from ..builders import Media, picture

BOUNDARY = "xx-boundary-xx"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
HIDDEN = bytes(MEGABYTE // 2)
"""What follows a picture is thrown away, so the picture itself is good however much of it there is."""


@pytest.fixture
async def narrow(
    media: Media, settings: MediaSettings, tokens: TokenFactory
) -> AsyncIterator[httpx.AsyncClient]:  # fmt: skip
    """The API with bounds of a few megabytes."""
    assert media.rows("select 1 from project")
    app = create(settings.model_copy(update={"max_upload_megabytes": 3, "max_image_megabytes": 1}))
    async with running(app) as client:
        client.headers.update(tokens.headers(1, "editor"))
        yield client


def part(name: str, body: bytes, *, is_file: bool = False) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"' + ('; filename="p.jpg"' if is_file else "")
    return f"--{BOUNDARY}\r\n{disposition}\r\n\r\n".encode() + body + b"\r\n"


def form(*extra: bytes, image: bytes = b"") -> bytes:
    """A request that is taken, with these parts besides."""
    parts = [part("nomenklatura", b"1"), part("image", image or picture(), is_file=True), *extra]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def send(client: httpx.AsyncClient, body: bytes | AsyncIterator[bytes]) -> httpx.Response:
    return await client.post("/api/v1/nomenklatura-image/", content=body, headers=TYPE)


async def in_pieces(body: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """Without a length in the head."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def test_what_is_refused_is_taken_when_it_is_smaller(narrow: httpx.AsyncClient) -> None:
    for body in (form(), in_pieces(form(part("x", b"x" * 500_000), part("y", b"y" * 500_000)))):
        assert (await send(narrow, body)).status_code == 201
    assert (await send(narrow, form(image=picture() + HIDDEN))).status_code == 201


async def test_size_of_one_picture_is_bounded(narrow: httpx.AsyncClient) -> None:
    refused = await send(narrow, form(image=picture() + HIDDEN * 2))
    assert (refused.status_code, refused.json()) == (400, {"image": ["Ensure this file has at most 1 MB."]})


async def test_request_that_says_it_is_too_large_is_refused_unread(settings: MediaSettings) -> None:
    app = create(settings.model_copy(update={"max_upload_megabytes": 3}))

    async def unread() -> dict[str, object]:
        raise AssertionError("nothing needs to be read")

    head = [(b"content-type", TYPE["Content-Type"].encode()), (b"content-length", b"3145729")]
    with pytest.raises(TooLarge):
        await UploadBody(ProjectImageIn)(Request({"type": "http", "headers": head, "app": app}, unread))


async def test_request_that_does_not_say_how_large_it_is_is_counted(narrow: httpx.AsyncClient) -> None:
    fields = [part(f"x{number}", b"x" * MEGABYTE) for number in range(3)]
    refused = await send(narrow, in_pieces(form(*fields)))
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/json")


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ([part(f"x{number}", b"") for number in range(1000)], "Too many fields. Maximum number of fields is 1000."),
        (
            [part(f"x{number}", b"", is_file=True) for number in range(1000)],
            "Too many files. Maximum number of files is 1000.",
        ),
        ([part("x", b"x" * (MEGABYTE + 1))], "Part exceeded maximum size of 1024KB."),
    ],
    ids=["fields", "files", "a field"],
)
async def test_parts_of_a_form_are_bounded(media: Media, extra: list[bytes], why: str) -> None:
    refused = await media.client.post(
        "/api/v1/nomenklatura-image/", content=form(*extra), headers=media.headers | TYPE
    )  # fmt: skip
    assert (refused.status_code, refused.json()) == (400, {"detail": f"Multipart form parse error - {why}"})
    few = form(*(extra[:900] if len(extra) > 1 else []))
    taken = await media.client.post("/api/v1/nomenklatura-image/", content=few, headers=media.headers | TYPE)
    assert taken.status_code == 201


@pytest.mark.parametrize("path", ["nomenklatura-image/", "image-source/"])
async def test_endless_beginning_of_a_form_is_refused_at_once(media: Media, path: str) -> None:
    read = 0

    async def preamble() -> AsyncIterator[bytes]:
        nonlocal read
        line = b"x" * 1022 + b"\r\n"
        for _ in range(100 * 1024):
            read += len(line)
            yield line
        yield form()

    refused = await media.client.post(f"/api/v1/{path}", content=preamble(), headers=media.headers | TYPE)
    assert refused.status_code == 400
    assert read < MEGABYTE


async def test_form_without_a_length_is_counted_wherever_one_is_taken_and_takes_no_memory(media: Media) -> None:
    end = f"--{BOUNDARY}--\r\n".encode()

    async def files(megabytes: int) -> AsyncIterator[bytes]:
        yield part("uploader_name", b"Me")
        large = part("x", bytes(MEGABYTE), is_file=True)
        for _ in range(megabytes):
            yield large
        yield end

    url, headers = "/api/v1/image-source/", media.headers | TYPE
    assert (await media.client.post(url, content=files(3), headers=headers)).status_code == 201
    tracemalloc.start()
    try:
        refused = await media.client.post(url, content=files(MAX_FORM_BYTES // MEGABYTE), headers=headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.status_code == 413
    assert peak < 80 * MEGABYTE


async def test_slow_body_keeps_nobody_else_waiting(media: Media) -> None:
    goes_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield form()[:200]
        await goes_on.wait()
        yield form()[200:]

    waiting = asyncio.create_task(
        media.client.post("/api/v1/nomenklatura-image/", content=slow(), headers=media.headers | TYPE)
    )
    for _ in range(5):
        await media.upload()
    assert not waiting.done()
    goes_on.set()
    assert (await waiting).status_code == 201
