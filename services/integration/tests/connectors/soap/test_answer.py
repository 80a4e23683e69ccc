import base64
import io
import json
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from integration.connectors.soap import Cause, SourceError
from integration.connectors.soap.answer import AnswerReader
from integration.connectors.soap.batch import Kind
from integration.connectors.soap.rows import Found
from integration.connectors.xml.parsing import local_name
from integration.mappings.rows import RejectedRow

from .reading import lists_of

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ROW = "<m:ProductItem><m:Code>{0}</m:Code><m:Name>Чай {0}</m:Name></m:ProductItem>"
THREE = "".join(ROW.format(number) for number in range(3))


def envelope(inside: str, operation: str = "GetProductList") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
        f'<m:{operation}Response xmlns:m="http://www.sample-package.org" xmlns:xsi="{XSI}">{inside}'
        f"</m:{operation}Response></soap:Body></soap:Envelope>"
    ).encode()


def read(document: bytes, kind: Kind = "nomenklatura", piece: int = 1000) -> list[dict[str, str | None]]:
    """The fields of the rows that are meant."""
    lists = lists_of(kind)
    reader = AnswerReader(lists)
    found: list[Found] = []
    for start in range(0, len(document), piece):
        found += reader.feed(document[start : start + piece])
    found += reader.close()
    meant = reader.choose().read
    return [
        {local_name(tag): text for tag, text in fields}
        for rows, fields in found
        if rows in meant and not isinstance(fields, RejectedRow)
    ]


def codes(rows: Iterable[dict[str, str | None]]) -> list[str | None]:
    return [row.get("Code") for row in rows]


def refused(document: bytes) -> SourceError:
    with pytest.raises(SourceError) as failed:
        read(document)
    return failed.value


@pytest.mark.parametrize(
    "inside",
    [
        f"<m:return>{THREE}</m:return>",
        f"<m:return xsi:type='m:ProductList'>\n\t{THREE}\n</m:return><m:Changed>true</m:Changed>",
        f"<m:return><m:TotalCount>3</m:TotalCount>{THREE}</m:return>",
        f"<m:return><m:Result><m:Code>0</m:Code><m:Message>OK</m:Message></m:Result>{THREE}</m:return>",
        f"<m:return><m:Products>{THREE}</m:Products></m:return>",
        f"<m:return><m:Part>{ROW.format(0)}</m:Part><m:Part>{ROW.format(1)}{ROW.format(2)}</m:Part></m:return>",
        f"<m:return>{THREE.replace('ProductItem', 'Строка')}</m:return>",
        f"<m:return>{THREE.replace('ProductItem', 'productitem')}</m:return>",
        f"<return xmlns=''>{THREE.replace('m:', '')}</return>",
        f"<x:return xmlns:x='urn:other'>{THREE.replace('m:', 'x:')}</x:return>",
        f"<m:return>{THREE.replace('ProductItem', 'return')}</m:return>",
        f"<!-- list --><m:return><?pi x?>{THREE.replace('<m:Name>', '<!-- n --><m:Name>')}</m:return>",
        THREE,
    ],
)
def test_rows_are_found_wherever_they_stand(inside: str) -> None:
    assert codes(read(envelope(inside))) == ["0", "1", "2"]


def test_list_of_one_is_a_list() -> None:
    assert codes(read(envelope(f"<m:return>{ROW.format(7)}</m:return>"))) == ["7"]


def test_client_rows_are_found_by_their_own_name() -> None:
    clients = THREE.replace("ProductItem", "ClientItem")
    assert codes(read(envelope(f"<m:return>{clients}</m:return>", "GetClientList"), "clients")) == ["0", "1", "2"]


def test_namesake_inside_a_row_is_no_row() -> None:
    nested = (
        "<m:Item><m:Code>1</m:Code><m:Name>x</m:Name><m:Parts><m:Item><m:Code>2</m:Code></m:Item></m:Parts></m:Item>"
    )
    assert codes(read(envelope(f"<m:return>{nested}{nested}</m:return>"))) == ["1", "1"]


def test_bad_rows_among_rows_with_the_usual_name_are_kept_for_the_report() -> None:
    rows = "<m:ProductItem/><m:ProductItem><m:Name>x</m:Name></m:ProductItem>"
    assert read(envelope(f"<m:return>{rows}</m:return>")) == [{}, {"Name": "x"}]


def test_nil_empty_and_cdata_come_side_by_side() -> None:
    fields = "<m:Code><![CDATA[<1>]]></m:Code><m:Name xsi:nil='true'/><m:Brand/><m:Unit></m:Unit>"
    rows = read(envelope(f"<m:return><m:ProductItem>{fields}</m:ProductItem></m:return>"))
    assert rows == [{"Code": "<1>", "Name": None, "Brand": None, "Unit": None}]


def test_windows_1251_is_decoded() -> None:
    document = envelope(f"<m:return>{THREE}</m:return>").decode().replace("UTF-8", "windows-1251").encode("cp1251")
    assert read(document)[0] == {"Code": "0", "Name": "Чай 0"}


def test_soap_1_2_envelope_is_read() -> None:
    document = envelope(f"<m:return>{THREE}</m:return>").replace(
        SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"
    )
    assert codes(read(document)) == ["0", "1", "2"]


@given(st.integers(1, 400), st.integers(0, 300))
def test_size_of_the_pieces_and_of_the_list_makes_no_difference(piece: int, count: int) -> None:
    rows = "".join(ROW.format(f"{number}\x01") for number in range(count))
    document = envelope(f"<m:return>{rows}</m:return>")
    assert codes(read(document, piece=piece)) == [str(number) for number in range(count)]


def test_long_list_is_read_beyond_the_first_look() -> None:
    rows = "".join(ROW.format(number) for number in range(5000))
    assert codes(read(envelope(f"<m:return>{rows}</m:return>"), piece=50_000)) == [str(n) for n in range(5000)]


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<m:return/>",
        "<m:return xsi:nil='true'/>",
        "<m:return>\n</m:return>",
        "<m:return><m:Products/></m:return>",
        "<m:return><m:TotalCount>0</m:TotalCount></m:return>",
        "<m:return/><m:Changed>false</m:Changed>",
    ],
)
def test_empty_list_has_no_rows_and_is_no_error(inside: str) -> None:
    assert read(envelope(inside)) == []


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<m:return><m:TotalCount>5</m:TotalCount></m:return>", 'no rows but TotalCount "5"'),
        ("<m:return><m:Code>1</m:Code><m:Message>Нет прав</m:Message></m:return>", 'Code "1", Message "Нет прав"'),
        ("<m:return>Ошибка доступа</m:return>", 'a text instead of a list: "Ошибка доступа"'),
    ],
)
def test_answer_that_says_something_else_is_an_error(inside: str, words: str) -> None:
    error = refused(envelope(inside))
    assert (error.cause, words in error.message) == (Cause.UNEXPECTED, True), error.message


def test_xml_that_is_no_envelope_is_an_error() -> None:
    error = refused(b"<answer><ok/></answer>")
    assert (error.cause, error.message) == (
        Cause.UNEXPECTED,
        "The source answered with XML that is no SOAP answer: its root is <answer>",
    )
    assert refused(f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode()).cause is Cause.UNEXPECTED


@pytest.mark.parametrize("cut", [1, 40, 200, 500, -200, -60, -1])
def test_cut_document_is_an_error(cut: int) -> None:
    error = refused(envelope(f"<m:return>{THREE}</m:return>")[:cut])
    assert error.cause is Cause.TRUNCATED


@pytest.mark.parametrize(
    "document",
    [
        envelope("<m:return><m:ProductItem><m:Code>1</m:return>"),
        envelope(f"<m:return>{THREE}</m:return>") + b"<more/>",
        envelope(f"<m:return>{THREE}</m:return>").replace(b"<m:Code>1", b"<m:Code>&nbsp;1"),
        envelope(f"<m:return>{THREE}</m:return>").replace("Чай 1".encode(), "Чай 1".encode("cp1251")),
        envelope("<m:return>" + "<m:a>" * 300 + "</m:a>" * 300 + "</m:return>"),
    ],
    ids=["mismatch", "two roots", "html entity", "not utf-8", "too deep"],
)
def test_broken_document_is_an_error(document: bytes) -> None:
    assert refused(document).cause is Cause.MALFORMED


DOCTYPES = {
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    "billion laughs": '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]>',
    "after a comment": "<!-- c -->\n<!DOCTYPE a>",
    "lower case": "<!doctype a>",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_doctype_is_refused(doctype: str) -> None:
    document = envelope(f"<m:return>{THREE.replace('Чай', '&x;')}</m:return>").decode()
    error = refused(document.replace("?>\n", f"?>\n{doctype}", 1).encode())
    assert (error.cause, error.message) == (Cause.MALFORMED, "The answer holds a DOCTYPE, which is refused")


def test_doctype_that_an_encoding_hides_is_refused() -> None:
    document = f'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AFsAPA-!ENTITY x "y"+AD4AXQA+-{THREE}'.encode()
    assert refused(document).cause is Cause.MALFORMED


def test_doctype_inside_a_description_is_only_text() -> None:
    row = ROW.format(1).replace("Чай", "<![CDATA[<!DOCTYPE html><html>]]>")
    assert codes(read(envelope(f"<m:return>{row}</m:return>"))) == ["1"]


ITEMS = [{"Code": "1", "Name": "Чай\u0001", "BasePrice": 12000.5, "is_active": True, "Brand": None, "Tags": ["a"]}]


def packed(text: str) -> bytes:
    return envelope(f"<m:return>{text}</m:return>")


@pytest.mark.parametrize("document", [ITEMS, {"ProductItem": ITEMS}, {"Code": 0, "items": ITEMS}])
def test_json_inside_return_is_unpacked(document: object) -> None:
    rows = read(packed(json.dumps(document).replace("&", "&amp;").replace("<", "&lt;")))
    expected = {"Code": "1", "Name": "Чай", "BasePrice": "12000.5", "is_active": "true", "Brand": None, "Tags": '["a"]'}
    assert rows == [expected]


INNER = f'<?xml version="1.0" encoding="windows-1251"?><m:List xmlns:m="urn:x">{THREE}</m:List>'


def test_xml_in_cdata_is_unpacked() -> None:
    assert read(packed(f"<![CDATA[{INNER}]]>"))[2] == {"Code": "2", "Name": "Чай 2"}


@pytest.mark.parametrize("content", [INNER.encode("cp1251"), json.dumps(ITEMS).encode()], ids=["xml", "json"])
def test_zip_in_base64_is_unpacked(content: bytes) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("list", content)
    assert len(read(packed(base64.encodebytes(archive.getvalue()).decode()))) in (1, 3)


def zip_of(*contents: bytes) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number, content in enumerate(contents):
            file.writestr(str(number), content)
    return base64.b64encode(archive.getvalue()).decode()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("[1, 2]", Cause.UNEXPECTED),
        ('{"Code": 1}', Cause.UNEXPECTED),
        ('[{"Code": ', Cause.MALFORMED),
        ("<![CDATA[<a/>]]>", Cause.UNEXPECTED),
        (f"<![CDATA[{INNER[:-20]}]]>", Cause.TRUNCATED),
        ("<![CDATA[<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>]]>", Cause.MALFORMED),
        ("UEsDBBQAAAAIAA", Cause.MALFORMED),
        (zip_of(b"[]", b"[]"), Cause.UNEXPECTED),
        (zip_of(b"[" + b" " * (33 * 2**20) + b"]"), Cause.TOO_LARGE),
    ],
    ids=["numbers", "no list", "cut json", "no rows", "cut xml", "doctype", "cut zip", "two files", "zip bomb"],
)
def test_broken_packing_is_an_error(text: str, cause: Cause) -> None:
    assert refused(packed(text)).cause is cause


def test_endless_answer_without_rows_is_given_up() -> None:
    error = refused(packed("x" * (9 * 2**20)))
    assert (error.cause, error.message) == (Cause.TOO_LARGE, "The first 8 MB of the answer hold no rows")
