"""A workbook is read whatever its file is called, and however that is written."""

import pytest

from ..builders import Catalog
from .books import book

BOUNDARY = "xx-boundary-xx"
PROJECT = {"code_1c": "NAMED", "name": "Named"}


@pytest.mark.parametrize(
    "name",
    [
        'filename="book.xlsx"', 'filename="blob"', "filename*=UTF-8''%D0%9A%D0%BD%D0%B8%D0%B3%D0%B0.xlsx",
        'filename="=?UTF-8?B?0JrQvdC40LPQsC54bHN4?="', "filename=\"x\"; filename*=utf-8''%D0%9A.xlsx",
    ],
)  # fmt: skip
async def test_workbook_is_read_under_any_name(api: Catalog, name: str) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; {name}\r\n\r\n'.encode()
    answer = await api.client.post(
        "/api/v1/project/import-xlsx/",
        content=head + book("project", PROJECT) + f"\r\n--{BOUNDARY}--\r\n".encode(),
        headers=api.headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    assert (answer.status_code, answer.json()["created"]) == (200, 1)
