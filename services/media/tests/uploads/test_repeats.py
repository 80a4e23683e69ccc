"""An upload that is sent again with its key is answered as the first time."""

import asyncio
from typing import Any

import httpx
import pytest
from ecatalog.testing.tokens import TokenFactory

from ..builders import CODES, Media, Row, picture

KEY = "3b7c0e"
USED_DIFFERENTLY = {"detail": "This Idempotency-Key was sent before with another request."}


def keyed(media: Media, key: str = KEY) -> Media:
    return media.as_user(media.headers | {"Idempotency-Key": key})


async def single(media: Media, kind: str, body: bytes, **fields: Any) -> httpx.Response:
    return await media.form(f"{kind}-image/", {kind: "1"} | fields, ("photo.jpg", body))


async def bulk(media: Media, kind: str, body: bytes, **fields: Any) -> httpx.Response:
    form = {kind: CODES[kind]} | fields
    return await media.form(f"{kind}-image/bulk-upload/", form, ("a.jpg", body), ("b.jpg", picture()), field="images")


def count(media: Media, table: str = "image") -> Any:
    return media.rows(f"select count(*) from {table}")[0][0]  # noqa: S608 - names of this file


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("send", [single, bulk])
async def test_repeated_upload_gets_the_first_answer_and_makes_nothing(media: Media, kind: str, send: Any) -> None:
    first = await send(keyed(media), kind, picture(50, 50))
    made = count(media)
    media.rows("update image set note = 'changed since' returning id")
    again = await send(keyed(media), kind, picture(50, 50))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert count(media) == made


async def test_answer_with_a_key_is_the_answer_without_one(media: Media) -> None:
    row: Row = (await single(keyed(media), "nomenklatura", picture())).json()
    assert (await media.get(f"nomenklatura-image/{row['id']}/")).json() == row


@pytest.mark.parametrize("send", [single, bulk])
async def test_key_with_another_file_field_or_path_is_a_conflict(media: Media, send: Any) -> None:
    await send(keyed(media), "client", picture(50, 50))
    for kind, body, fields in (
        ("client", picture(51, 50), {}), ("client", picture(50, 50), {"note": "other"}),
        ("nomenklatura", picture(50, 50), {}),
    ):  # fmt: skip
        other = await send(keyed(media), kind, body, **fields)
        assert (other.status_code, other.json()) == (409, USED_DIFFERENTLY)


async def test_refused_upload_may_be_mended_and_sent_with_the_same_key(media: Media) -> None:
    refused = await single(keyed(media), "nomenklatura", b"no picture")
    mended = await single(keyed(media), "nomenklatura", picture())
    assert (refused.status_code, mended.status_code) == (400, 201)


async def test_uploads_at_the_same_time_make_one_picture(media: Media) -> None:
    answers = await asyncio.gather(*(single(keyed(media), "nomenklatura", picture()) for _ in range(6)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert count(media) == 1


async def test_keys_of_users_are_their_own(media: Media, tokens: TokenFactory) -> None:
    await single(keyed(media), "nomenklatura", picture())
    await single(keyed(media.as_user(tokens.headers(2, "editor"))), "nomenklatura", picture())
    assert count(media) == 2


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_key_of_no_use_is_refused(media: Media, key: str) -> None:
    refused = await single(keyed(media, key), "nomenklatura", picture())
    assert refused.json() == {"detail": "Idempotency-Key must have 1 to 255 characters."}


@pytest.mark.parametrize(
    ("path", "table", "body"),
    [
        ("image-status/", "image_status", {"code": "new", "name": "New"}),
        ("image-source/", "image_source", {"uploader_name": "Aziz"}),
    ],
)
async def test_repeated_word_gets_the_first_answer_and_is_made_once(
    media: Media, path: str, table: str, body: Row
) -> None:
    before = count(media, table)
    first = await keyed(media).send("POST", path, body)
    again = await keyed(media).send("POST", path, body)
    other = await keyed(media).send("POST", path, body | {"is_active": False})
    media.rows(f"delete from {table} where id = %s returning id", first.json()["id"])  # noqa: S608 - names of this file
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert again.content == first.content
    assert count(media, table) == before
