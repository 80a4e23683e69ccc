"""The encoding of an answer: the head, the mark, UTF-8, the declaration; never other letters than were meant."""

import codecs
import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.connectors.errors import DoctypeRefused
from integration.connectors.soap import Cause
from integration.connectors.xml.encoding import Transcoder, utf8
from integration.connectors.xml.parsing import refuse_doctype, refuse_prolog
from lxml import etree

from .reading import answer, read, refused, returned, row, rows

TEA = row("ProductItem", "1", "Кофе «Ёлка» №5") + row("ProductItem", "2", "O‘zbek choyi")
NAMES = ["Кофе «Ёлка» №5", "O‘zbek choyi"]


def declared(name: str | None) -> str:
    return answer(f"<m:return>{TEA}</m:return>", f'<?xml version="1.0" encoding="{name}"?>\n' if name else "")


def names(body: bytes, charset: str | None = None) -> list[object]:
    return read(body, charset=charset).column("name")


CLAIMS = [None, "utf-8", "UTF-8", "windows-1251", "utf-16", "iso-8859-1", "us-ascii", "x-user-defined", "koi8-r"]


@pytest.mark.parametrize(("head", "declaration"), list(product(CLAIMS, CLAIMS)))
def test_utf8_is_read_as_such_whatever_is_said_of_it(head: str | None, declaration: str | None) -> None:
    assert names(declared(declaration).encode(), head) == NAMES


@pytest.mark.parametrize(
    ("head", "declaration"),
    [
        (None, "windows-1251"), ("windows-1251", None), ("windows-1251", "UTF-8"), ("utf-8", "windows-1251"),
        ("cp1251", "utf-16"), ("iso-8859-1", "windows-1251"), ("latin1", "cp1251"), ("us-ascii", "windows-1251"),
    ],
)  # fmt: skip
def test_one_byte_encoding_is_that_of_the_head_then_that_of_the_declaration(head: str | None, declaration: str) -> None:
    body = declared(declaration).replace("‘", "’").encode("cp1251")
    assert names(body, head) == [NAMES[0], "O’zbek choyi"]


@pytest.mark.parametrize("head", ["iso-8859-1", "ISO_8859-1", "latin1"])
def test_head_that_servers_add_to_any_text_is_not_believed(head: str) -> None:
    assert refused(declared(None).replace("‘", "’").encode("cp1251"), charset=head).cause is Cause.MALFORMED


@pytest.mark.parametrize("declaration", [None, "utf-8", "utf-16"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_read(encoding: str, declaration: str | None) -> None:
    assert names(declared(declaration).encode(encoding)) == NAMES


BLANKS = ["\r\n", "\ufeff", "\ufeff\ufeff", " \ufeff\r\n\ufeff ", "\n" * 100_000]


@pytest.mark.parametrize("before", BLANKS, ids=range(len(BLANKS)))
def test_marks_and_blanks_around_a_document_are_no_part_of_it(before: str) -> None:
    listed = json.dumps([{"Code": "1", "Name": "x"}])
    packed = answer(f"<m:return>{before[:1000]}{listed}{before[:1000]}</m:return>")
    inner = f'{before[:1000]}<?xml version="1.0"?><m:L xmlns:m="u">{rows("ProductItem", "1")}</m:L>'
    cdata = answer(f"<m:return><![CDATA[{inner}]]></m:return>")
    for body in (before + declared("utf-8"), before + packed, before + cdata):
        assert read(body).codes[0] == "1"
        assert read(body.encode()).codes[0] == "1"


@pytest.mark.parametrize("charset", [None, "utf-8"])
def test_bytes_that_no_encoding_fits_are_refused_and_never_replaced(charset: str | None) -> None:
    body = declared("utf-8").encode().replace("Кофе".encode(), "Кофе".encode("cp1251"))
    assert refused(body, charset=charset).cause is Cause.MALFORMED


def test_encoding_that_shows_itself_late_is_found() -> None:
    filler = rows("ProductItem", *(f"F-{number}" for number in range(3000))).replace("Чай", "tea")
    body = answer(f"<m:return>{filler}{TEA}</m:return>", '<?xml version="1.0" encoding="windows-1251"?>')
    assert names(body.replace("‘", "’").encode("cp1251"))[-2:] == [NAMES[0], "O’zbek choyi"]
    assert names(body.encode())[-2:] == NAMES


@pytest.mark.parametrize("name", ["utf-7", "idna", "punycode", "unicode_escape", "rot13", "zip", "cp037", "hex"])
def test_encodings_that_nobody_writes_in_are_not_tried(name: str) -> None:
    with pytest.raises(Exception, match="no letters of its encoding"):
        utf8(f'<?xml version="1.0" encoding="{name}"?><a>\xff</a>'.encode("latin-1"))


FORBIDDEN = [
    "&#1;", "&#x1F;", "&#55357;&#56832;", "&#xD83D;&#xDE00;", "&#xFFFF;", "&#xFFFE;", "&#65535;", "&#0;", "&#x110000;",
    "&#99999999999999999999;", "&#x0000000000000000FFFF;", "\x01", "\x0b", "\uffff", "\ufffe", "\ud83d",
]  # fmt: skip


@pytest.mark.parametrize("sign", FORBIDDEN)
@pytest.mark.parametrize("piece", [3, 10**6])
def test_what_xml_forbids_is_dropped_and_counted(sign: str, piece: int) -> None:
    body = answer(f"<m:return>{row('ProductItem', '1', f'Чай{sign} зелёный')}{row('ProductItem', '2')}</m:return>", "")
    found = read(body.encode("utf-8", "surrogatepass"), piece=piece)
    assert found.column("name") == ["Чай зелёный", "Чай"]
    assert "that XML does not allow left out" in found.outcome.warnings[0]


@pytest.mark.parametrize(
    "sign", ["&#9;", "&#xD7FF;", "&#xE000;", "&#xFFFD;", "&#x10000;", "&#x1F600;", "\U0001f600", "&#xA9;", "&amp;"]
)
def test_what_xml_allows_is_kept(sign: str) -> None:
    found = read(answer(f"<m:return>{row('ProductItem', '1', f'Чай{sign}зелёный')}</m:return>"))
    assert len(str(found.column("name")[0])) == len("Чай зелёный")
    assert found.outcome.warnings == []


@pytest.mark.parametrize("sign", ["\\ud83d", "\\u0001", "\\uffff", "\\ud83d\\u0000"])
def test_what_xml_forbids_is_dropped_from_json_too(sign: str) -> None:
    found = read(answer(f'<m:return>[{{"Code": "1{sign}", "Name": "Чай{sign} зелёный"}}]</m:return>'))
    assert (found.codes, found.column("name")) == (["1"], ["Чай зелёный"])
    assert "that XML does not allow left out" in found.outcome.warnings[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32"])
def test_document_type_that_an_encoding_hides_is_refused(encoding: str) -> None:
    body = declared("utf-16").replace("?>", '?><!DOCTYPE a [<!ENTITY x "y">]>', 1).encode(encoding)
    assert refused(body).message == "The answer holds a DOCTYPE, which is refused"


def test_document_of_an_encoding_that_is_not_known_is_refused() -> None:
    body = '<?xml version="1.0" encoding="cp037"?><!DOCTYPE a><a/>'.encode("cp037")
    assert refused(body).cause is Cause.MALFORMED


def test_document_type_behind_a_long_comment_is_refused() -> None:
    body = f"<!-- {'x' * 200_000} --><!DOCTYPE a [<!ENTITY x 'y'>]>{declared(None)}"
    assert refused(body).cause is Cause.MALFORMED


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.integers(1, 50),
    st.sampled_from(["utf-8", "utf-16-le", "cp1251"]),
)
def test_pieces_of_a_document_make_no_difference(text: str, piece: int, encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?><a>Жж{text}</a>'
    body = document.encode(encoding, "ignore") if encoding == "cp1251" else document.encode(encoding)
    transcoder = Transcoder()
    pieces = [transcoder.feed(body[start : start + piece]) for start in range(0, len(body), piece)]
    whole = b"".join([*pieces, transcoder.close()])
    assert whole == utf8(body) == body.decode(encoding).partition("?>")[2].lstrip(" \t\r\n\ufeff").encode()
    assert codecs.decode(whole, "utf-8").startswith("<a>Жж")


def test_each_look_for_a_document_type_is_enough_alone() -> None:
    document = b"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"
    with pytest.raises(DoctypeRefused):
        refuse_prolog(document)
    with pytest.raises(DoctypeRefused):
        refuse_doctype(etree.fromstring(document))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_half_of_a_letter_in_a_wide_encoding_is_dropped(encoding: str) -> None:
    document = returned(row("ProductItem", "1", "Чай \ud83d")).encode(encoding, "surrogatepass")
    assert read(document, piece=7).column("name") == ["Чай"]


@pytest.mark.parametrize("behind", ["\ufeff", "\r\n\ufeff \ufeff\n", " " * 10_000])
@pytest.mark.parametrize("piece", [1, 7, 10**6])
def test_marks_and_blanks_behind_a_document_are_no_part_of_it(behind: str, piece: int) -> None:
    assert read(returned(row("ProductItem", "1")) + behind, piece=piece).codes == ["1"]
    refused(returned(row("ProductItem", "1")) + behind + "x")


def test_bytes_that_are_no_text_are_quoted_without_what_cannot_be_stored() -> None:
    message = refused(b"\x1f\x8b\x08\x00\x01\x02").message
    assert message.isprintable()
