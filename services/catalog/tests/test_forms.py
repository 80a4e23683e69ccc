"""Forms: their texts are read in the charset that they name, UTF-8 if none, or refused."""

import pytest

from .builders import Catalog

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
CYRILLIC = "Цемент".encode("cp1251")


def body(kind: str, name: bytes) -> bytes:
    fields = {b"code_1c": b"F-1", b"name": name}
    if kind == MULTIPART:
        parts = (b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields.items())
        return b"".join(parts) + b"--x--\r\n"
    return b"&".join(b"=".join(field) for field in fields.items())


def escaped(text: bytes) -> bytes:
    return b"".join(b"%%%02X" % one for one in text)


@pytest.mark.parametrize(
    ("kind", "name"), [(FORM, CYRILLIC), (FORM, escaped(CYRILLIC)), (FORM, b"%ED%A0%80"), (MULTIPART, CYRILLIC)]
)
async def test_text_of_another_charset_is_refused_unless_it_is_named(api: Catalog, kind: str, name: bytes) -> None:
    async def post(content_type: str) -> tuple[int, str]:
        headers = api.headers | {"Content-Type": content_type}
        response = await api.client.post("/api/v1/nomenklatura/", content=body(kind, name), headers=headers)
        return response.status_code, response.json().get("name" if response.status_code == 201 else "detail")

    status, said = await post(kind)
    assert (status, "a field is not written in utf-8" in said) == (400, True)
    if name in (CYRILLIC, escaped(CYRILLIC)):
        assert await post(f"{kind}; charset=windows-1251") == (201, "Цемент")
