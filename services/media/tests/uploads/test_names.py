"""The name of a file decides nothing but an ending of another kind; what can be kept of it is kept in the address."""

from urllib.parse import unquote

import httpx
import pytest
from media.uploads.names import MAX_STEM, other_kind, stem_of

from ..builders import Media, picture

BOUNDARY = "xx-boundary-xx"
KEPT = {
    "photo.jpg": "photo", "IMG_0001.HEIC": "IMG_0001", "blob": "blob", "Шоколад.jpg": "Шоколад",
    "Ўзбекистон ҳақида.png": "Ўзбекистон_ҳақида", "O‘zbekiston.jpg": "O‘zbekiston", "goʻsht.jpg": "goʻsht",
    "й" + ".jpg": "й", "И\u0306ogurt.jpg": "Йogurt", "../../etc/passwd.jpg": "passwd", "C:\\fakepath\\фото.jpg": "фото",
    "a\x00b\r\nc\x1b.jpg": "a_b_c", "\u202egpj.jpg": "gpj", "a\u200bb.jpg": "a_b", "<script>.jpg": "script",
    "фото (1).2024.jpg": "фото_1_2024", ".jpg": "jpg", "....": "image", "🙂.jpg": "image", "%2e%2e%2f.jpg": "2e_2e_2f",
    "ж" * 90 + ".jpg": "ж" * MAX_STEM, "a?b#c&d.jpg": "a_b_c_d",
}  # fmt: skip
TAKEN = [
    'filename="blob"', 'filename="photo"', 'filename="IMG_0001.HEIC"', 'filename="a.webp"', 'filename="a.svg"',
    'filename="a.jpg_large"', 'filename="a.jpg.part"', 'filename="Фото 2024.05"', "filename*=UTF-8''%D1%84.jpg",
    'filename="=?UTF-8?B?0YTQvtGC0L4uanBn?="', "filename=\"x.txt\"; filename*=UTF-8''%D1%84.jpg",
    'filename*0="long na"; filename*1="me.jpg"', "filename*=windows-1251''%F4%EE%F2%EE.jpg", "filename=photo.jpg",
    'filename="=?nope?Q?x?="', 'filename="upload.bin"',
]  # fmt: skip
REFUSED = {"a.txt": "txt", "a.PDF": "pdf", "a.html": "html", "a.mp4": "mp4", "a.zip": "zip", "фото.txt": "txt"}


@pytest.mark.parametrize("name", KEPT)
def test_stem_keeps_letters_and_nothing_dangerous(name: str) -> None:
    stem = stem_of(name)
    assert unquote(stem) == KEPT[name]
    assert stem.isascii()


@pytest.mark.parametrize("name", REFUSED)
def test_ending_of_another_kind_is_told(name: str) -> None:
    assert other_kind(name) == REFUSED[name]


@pytest.mark.parametrize("disposition", TAKEN)
async def test_content_decides_whatever_the_name_is(media: Media, disposition: str) -> None:
    answer = await send(media, f'form-data; name="image"; {disposition}'.encode())
    assert answer.status_code == 201, answer.text
    shown = await media.client.get(answer.json()["image_url"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")


@pytest.mark.parametrize("name", REFUSED)
async def test_picture_named_as_another_kind_is_refused_as_recorded(media: Media, name: str) -> None:
    answer = await send(media, f'form-data; name="image"; filename="{name}"'.encode())
    assert answer.json()["image"][0].startswith(f"File extension “{REFUSED[name]}” is not allowed.")


@pytest.mark.parametrize("disposition", ['filename="Шоколад.jpg"'.encode(), 'filename="Шоколад.jpg"'.encode("cp1251")])
async def test_letters_of_a_name_stay_in_every_address(media: Media, disposition: bytes) -> None:
    row = (await send(media, b'form-data; name="image"; ' + disposition)).json()
    for field in ("image_url", "image_sm_url", "image_thumbnail_url"):
        assert "/Шоколад_" in unquote(row[field])
        assert row[field].isascii()
        assert (await media.client.get(row[field])).status_code == 200
    feed = (await media.get("thumbnails/")).json()["results"]
    assert [(await media.client.get(one["thumbnail_url"])).status_code for one in feed] == [200]


async def send(media: Media, disposition: bytes) -> httpx.Response:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="nomenklatura"\r\n\r\n1\r\n--{BOUNDARY}\r\n'.encode()
    part = b"Content-Disposition: " + disposition + b"\r\nContent-Type: image/jpeg\r\n\r\n" + picture()
    return await media.client.post(
        "/api/v1/nomenklatura-image/",
        content=head + part + f"\r\n--{BOUNDARY}--\r\n".encode(),
        headers=media.headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
