"""The bytes of a file decide its encoding, all of them, before what is declared."""

import pytest
from integration.connectors.errors import Cause

from .building import catalogue, file, good, read, refused

NAME = "Кофе «Ёлка» №5"


def declared(encoding: str | None, before: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n' if encoding else ""
    body = file(before + catalogue(good("1", name=NAME))).partition("\n")[2]
    return declaration + body


@pytest.mark.parametrize("encoding", [None, "UTF-8", "windows-1251", "utf-16", "koi8-r", "x-user-defined"])
@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig"])
async def test_utf8_is_read_as_such_whatever_is_declared(encoding: str | None, written: str) -> None:
    assert (await read(declared(encoding).encode(written))).one("nomenklatura").fields["Наименование"] == NAME


@pytest.mark.parametrize("encoding", [None, "UTF-8", "UTF-16"])
@pytest.mark.parametrize("written", ["utf-16", "utf-16-le", "utf-16-be"])
async def test_wide_letters_show_themselves(encoding: str | None, written: str) -> None:
    assert (await read(declared(encoding).encode(written))).one("nomenklatura").fields["Наименование"] == NAME


@pytest.mark.parametrize("encoding", ["windows-1251", "cp1251", "UTF-8", None])
async def test_one_byte_letters_are_those_of_windows_1251(encoding: str | None) -> None:
    assert (await read(declared(encoding).encode("cp1251"))).one("nomenklatura").fields["Наименование"] == NAME


async def test_another_encoding_of_one_byte_is_taken_when_it_is_declared() -> None:
    body = declared("koi8-r").replace(NAME, "Кофе").encode("koi8-r")
    assert (await read(body)).one("nomenklatura").fields["Наименование"] == "Кофе"


@pytest.mark.parametrize("written", ["utf-8", "cp1251"])
async def test_the_whole_file_is_looked_at(written: str) -> None:
    """What looks like UTF-8 for a while is not UTF-8 unless all of it is."""
    latin = '<?xml version="1.0"?><catalog/>'
    body = declared("windows-1251", f"<Документ>{latin[21:] * 20_000}</Документ>").encode(written)
    assert len(body) > 200_000
    assert (await read(body)).one("nomenklatura").fields["Наименование"] == NAME


async def test_bytes_that_no_encoding_fits_are_refused_and_never_replaced() -> None:
    error = await refused(declared("UTF-8").encode("cp1251").replace("Кофе".encode("cp1251"), b"\x98\x98"))
    assert error.cause is Cause.MALFORMED
    assert error.message == 'The file "1.xml" holds bytes that are no letters of its encoding'


async def test_characters_that_xml_forbids_are_dropped_and_counted() -> None:
    reading = await read(file(catalogue(good("1", name="Ч\x01а&#x1F;й"))))
    assert reading.one("nomenklatura").fields["Наименование"] == "Чай"
    assert reading.problems == ["1.xml: 2 characters that XML does not allow were left out"]
