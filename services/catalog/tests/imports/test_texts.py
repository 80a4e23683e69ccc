"""Texts of cells, however they are kept: blank when there is nothing to see, and without signs that nobody sees."""

import pytest

from .books import LAYOUTS, Found, package, read, sheet, text_cells

HEADERS = LAYOUTS["project"].headers
SHARED = ["", "Чай", "P"]
EMPTY = {
    "shared": '<c t="s"><v>0</v></c>',
    "shared, styled": '<c s="3" t="s"><v>0</v></c>',
    "inline": '<c t="inlineStr"><is><t></t></is></c>',
    "inline, short": '<c t="inlineStr"><is><t/></is></c>',
    "inline, nothing": '<c t="inlineStr"><is/></c>',
    "inline, runs": '<c t="inlineStr"><is><r><t/></r><r><t></t></r></is></c>',
    "inline, phonetic": '<c t="inlineStr"><is><t/><rPh sb="0" eb="1"><t>x</t></rPh></is></c>',
    "str": '<c t="str"><v></v></c>',
    "str, short": '<c t="str"><v/></c>',
    "str, none": '<c t="str"/>',
    "a formula": '<c t="str"><f>""</f><v></v></c>',
    "a formula, short": '<c t="str"><f>IF(A1="","",A1)</f><v/></c>',
    "blanks": '<c t="str"><v>  </v></c>',
    "unseen": '<c t="inlineStr"><is><t>\u200b\ufeff</t></is></c>',
    "a number": "<c><v></v></c>",
    "a number, typed": '<c t="n"><v/></c>',
    "a boolean": '<c t="b"><v/></c>',
    "an error": '<c t="e"><v/></c>',
    "self closed": '<c s="1"/>',
    "no-break": '<c t="str"><v>\u00a0</v></c>',
}


def told(rows: str, headers: list[str] | None = None) -> Found:
    texts = "".join(f"<si><t>{text}</t></si>" for text in SHARED)
    return read("project", package(sheet(f"<row>{text_cells(headers or list(HEADERS))}</row>{rows}"), texts))


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
@pytest.mark.parametrize("form", EMPTY)
def test_a_cell_without_a_text_is_blank(form: str, comment: str) -> None:
    blank = EMPTY[form]
    found = told(
        f'<row><c t="s"><v>2</v></c>{blank}<c t="s"><v>1</v></c>{comment}{blank}{blank}</row><row>{blank * 5}</row>'
    )
    assert (found.rows, found.errors) == ({2: {"code_1c": "P", "title": "Чай"}}, {})


def test_a_formula_without_a_result_is_no_blank() -> None:
    found = told(f"<row>{text_cells(['P'])}<c><f>1+1</f></c></row>")
    assert found.errors[2] == [{"column": "name", "error": "The cell holds a formula without a result."}]


@pytest.mark.parametrize("number", ["-1", "-3", "3"])
def test_a_text_that_is_not_there_is_no_other(number: str) -> None:
    refusal = told(f'<row><c t="s"><v>2</v></c><c t="s"><v>{number}</v></c></row>').refusal
    assert refusal is not None
    assert refusal.status == 400


def test_texts_of_columns_that_nobody_reads_decide_nothing() -> None:
    found = told(f'<row>{text_cells(["P", "x", "", "", ""])}<c t="s"><v>99</v></c></row>')
    assert found.rows == {2: {"code_1c": "P", "name": "x"}}


@pytest.mark.parametrize(
    "around", ["\ufeff{}", "{}\u200b", "\u00a0{} ", "\u202a{}\u202c", "\n{}\t", "\u00ad{}\u2060", " {}\ufe0f"]
)
def test_unseen_signs_and_blanks_around_headers_and_codes_are_no_part_of_them(around: str) -> None:
    codes = "".join(f"<row>{text_cells([code])}</row>" for code in ("P", around.format("P"), around.format("Q")))
    found = told(codes, [around.format(header.upper()) for header in HEADERS])
    assert [row["code_1c"] for row in found.rows.values()] == ["P", "P", "Q"]
    assert found.later == {2: 3}
