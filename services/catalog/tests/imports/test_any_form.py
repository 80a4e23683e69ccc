"""Workbooks that are not in the plain form are read for their rows, whatever else is in them."""

import pytest

from .books import LAYOUTS, MAIN, Found, header_row, package, read, sheet, text_cells

NOT_PLAIN = "<!-- left to openpyxl -->"
ROW = f'<row r="2" ht="15" customHeight="1">{NOT_PLAIN}{text_cells(["P", "x"])}</row>'
ROWS = header_row("project") + ROW
READ = {2: {"code_1c": "P", "name": "x"}}


def told(xml: str) -> Found:
    return read("project", package(xml))


@pytest.mark.parametrize(
    "around",
    [
        '<sheetPr><tabColor rgb="red"/></sheetPr>', '<sheetViews><sheetView view="unknown" other="1"/></sheetViews>',
        '<cols><col min="x"/></cols>', '<autoFilter><filterColumn colId="x"/></autoFilter>',
        '<pageSetup orientation="sideways"/>', '<dataValidations><dataValidation type="unknown"/></dataValidations>',
        '<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst>',
        "<mergeCells>" + '<mergeCell ref="A1:A1"/>' * 300_000 + "</mergeCells>",
    ],
    ids=lambda xml: xml[1:20],
)  # fmt: skip
def test_what_stands_around_the_rows_decides_nothing(around: str) -> None:
    before = told(sheet(ROWS, head=around if len(around) < 1000 else ""))
    behind = told(sheet(ROWS).replace("</worksheet>", f"{around}</worksheet>"))
    assert (before.rows, behind.rows) == (READ, READ), (before.refusal, behind.refusal)


@pytest.mark.parametrize("prefix", ["", "x"])
def test_a_workbook_of_the_strict_form_is_read(prefix: str) -> None:
    strict = sheet(ROWS, prefix=prefix).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    if prefix:
        strict = strict.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:!", "<!").replace("x:x:", "x:")
    assert told(strict).rows == READ


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1251"])
def test_a_sheet_in_another_encoding_is_read(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + sheet(ROWS.replace("x</t>", "Чай</t>"))
    assert read("project", package(xml.encode(encoding))).rows == {2: {"code_1c": "P", "name": "Чай"}}


def test_rich_texts_are_their_runs_in_whatever_script() -> None:
    font = '<rPr><rFont val="Calibri"/><family val="99"/><unknown/></rPr>'
    runs = f"<r>{font}<t>Ч_x0430_</t></r><r><t>й _x</t></r><r><t>0041_</t></r>"
    phonetic = '<rPh sb="0" eb="1"><t>no</t></rPh><phoneticPr fontId="1"/>'
    cell = f'<c t="inlineStr"><is>{runs}{phonetic}</is></c>'
    row = f"<row>{text_cells(['P'])}{cell}</row>"
    assert told(sheet(header_row("project") + row)).rows == {2: {"code_1c": "P", "name": "Чай _x0041_"}}


def test_cells_that_openpyxl_cannot_read_are_errors_of_their_own() -> None:
    row = "".join(f"<c{kind}><v>{value}</v></c>" for kind, value in (
        (' t="str"', "P"), ("", "four"), (' t="b"', "true"), (' t="d"', "soon"), (' t="b"', "maybe")))  # fmt: skip
    found = told(sheet(header_row("project") + f"<row>{row}{NOT_PLAIN}</row>"))
    assert [error["column"] for error in found.errors[2]] == ["name", "is_active"]
    assert found.filled[2] == dict(zip(LAYOUTS["project"].headers, ("P", "four", "true", "soon", "maybe"), strict=True))
