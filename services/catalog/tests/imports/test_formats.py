"""Numbers are what their formats show: applied, or an error of the cell, never another value in silence."""

from decimal import Decimal
from typing import Any

import pytest
from catalog.imports.reader.formats import Format, NotShown
from catalog.imports.reader.styles import DATED

from .books import LAYOUTS, MAIN, Found, book, header_row, package, read, sheet

WRONG = "wrong"

TEXTS: list[tuple[str, str, str]] = [
    ("00000000000", "5", "00000000005"), ("0000000000000", "46001234567", "0046001234567"), ("0000", "12345", "12345"),
    ('"ФР-"00000000', "42", "ФР-00000042"), (r"\A\-000", "7", "A-007"), ('0" шт"', "3", "3 шт"),
    ("000-000", "123456", "123-456"),
    ("00-00", "5", "00-05"), ("+7 (000) 000-00-00", "9012345678", "+7 (901) 234-56-78"), ("000 000", "12", "000 012"),
    ("[<=9999999]###-####;(###) ###-####", "5551234", "555-1234"),
    ("[<=9999999]###-####;(###) ###-####", "2125551234", "(212) 555-1234"), (r"00\.00\.0000", "31122020", "31.12.2020"),
    ('"ФР-"General', "42", "ФР-42"), ("[$-419]000", "5", "005"), ("[Red]000", "5", "005"), ("000;-000", "-5", "-005"),
    ("000", "-5", "-005"), ('000;-000;"нет";@', "0", "нет"), ("000.00", "5.5", "005.50"), ("000_);(000)", "5", "005"),
    ("0%", "0.15", "15%"), ("0.00%", "0.12", "12.00%"), ("0%", "-0.15", "-15%"),
    ("0.00", "4607081234567", "4607081234567"), ("0.00E+00", "4607081234567", "4607081234567"), ("0.0", "2.15", "2.15"),
    ("#,##0.00", "4607081234567", "4607081234567"), ("0.00", "2.1", "2.10"), ("General", "12.5", "12.5"),
    ("@", "5", "5"),
    ("#,##0.00 [$₽-419]", "5", "5"), (r"_-* #,##0\ _₽_-;\-* #,##0\ _₽_-;_-* \-??\ _₽_-;_-@_-", "5", "5"),
    ("# ##0", "12345", "12345"),
    ("GENERAL", "5", "5"), ("Основной", "5", "5"), ("", "5", "5"), (";;;", "5", ""), ("0;-0;;@", "0", ""),
    ("# ?/?", "0.5", WRONG), ("#,##0,", "12000", WRONG), ("0,,", "12000000", WRONG), ("0000", "5.5", WRONG),
    ("00.00.0000", "31122020", WRONG), ('"ФР-"#,##0', "1234", WRONG), ("0" * 256, "5", WRONG),
    ("dd/mm/yyyy", "5", WRONG),
]  # fmt: skip

NUMBERS: list[tuple[str, str, str, str]] = [
    ("0.00", "12", "12", "12"), ("#,##0.00", "12.5", "12.5", "12.5"), ('#,##0.00" so\'m"', "12", "12", "12"),
    ("000", "5", "5", "5"),
    ("0%", "0.15", WRONG, "15"), ("0.00%", "0.12", WRONG, "12"), ("0.0%", "0.125", WRONG, "12.5"),
    ("0%;[Red]-0%", "-0.15", WRONG, "-15"),
    (r"0\%", "15", WRONG, "15"), ('0"%"', "15", WRONG, "15"), ('0" ‰"', "15", WRONG, WRONG),
    ("#,##0,", "12000", WRONG, WRONG),
    ("0.0,,", "12000000", WRONG, WRONG), ('0.0,"K"', "12000", WRONG, WRONG), ('0" тыс."', "12", WRONG, WRONG),
    ('0"000"', "12", WRONG, WRONG), (r"0\.00", "512", WRONG, WRONG), ('"1"00', "5", WRONG, WRONG),
    ("-0", "5", WRONG, WRONG),
    ("0;(0)", "-5", "-5", "-5"), ("# ?/?", "0.5", "0.5", "0.5"), ("0.00E+00", "5", "5", "5"),
    ('0.00" м3"', "5", "5", "5"),
    ("[Red][<0]-0;0", "-5", "-5", "-5"), ('[>1000]0.0,"K";0', "12000", WRONG, WRONG),
    ('[>1000]0.0,"K";0', "12", "12", "12"),
]  # fmt: skip
"""With what is meant where hundredths are not counted, and where they are."""


@pytest.mark.parametrize(("code", "number", "meant"), TEXTS)
def test_a_text_is_what_the_format_shows(code: str, number: str, meant: str) -> None:
    assert _told(lambda: Format(code).text(number)) == meant


@pytest.mark.parametrize(("code", "number", "meant", "as_percent"), NUMBERS)
def test_a_number_is_what_the_format_shows(code: str, number: str, meant: str, as_percent: str) -> None:
    found = [_told(lambda: Format(code).number(number, percent=percent)) for percent in (False, True)]  # noqa: B023
    assert found == [meant, as_percent]
    if Format(code).keeps_numbers:
        assert found == [number, number]


def _told(shown: Any) -> str:
    try:
        return str(shown())
    except NotShown:
        return WRONG


def styled(*codes: str | int) -> str:
    """Styles 1, 2, … with these formats, own or built in."""
    own = [code for code in codes if isinstance(code, str)]
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{code.replace(chr(34), "&quot;")}"/>' for at, code in enumerate(own)
    )
    numbers = [0, *(164 + own.index(code) if isinstance(code, str) else code for code in codes)]
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    before = '<cellStyleXfs><xf numFmtId="9"/><xf numFmtId="14"/></cellStyleXfs>'
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>{before}<cellXfs>{cells}</cellXfs></styleSheet>'


def product(styles: str, comment: str = "", **cells: str) -> dict[str, Any]:
    """What is read of a row of products: its values, or the errors by column."""
    found = told(styles, comment, **cells)
    wrong = {error["column"]: error["error"] for error in found.errors.get(2, [])}
    return wrong or {name: value for name, value in found.rows[2].items() if name != "code_1c"}


def told(styles: str, comment: str = "", **cells: str) -> Found:
    """A workbook with a row of products. A cell is its style and its number."""
    headers = LAYOUTS["nomenklatura"].headers
    row = '<c r="A2" t="inlineStr"><is><t>N</t></is></c>'
    for at, name in enumerate(headers):
        if name in cells:
            style, _, number = cells[name].partition(" ")
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            place = letters[at] if at < 26 else f"A{letters[at - 26]}"
            row += f'<c r="{place}2" s="{style}"><v>{number}</v></c>'
    content = package(sheet(header_row("nomenklatura") + f'<row r="2">{row}{comment}</row>'), styles=styles)
    return read("nomenklatura", content)


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
def test_cells_are_read_in_their_formats(comment: str) -> None:
    styles = styled("0000000000000", '"ФР-"00000000', 9, 10, 4, "0;-0;;@")
    cells = {
        "barcode": "1 46001234567", "sku": "2 42", "discount_percent": "3 0.15", "tax_rate": "4 1.2E-1",
        "base_price": "5 1234.5", "model": "6 0",
    }  # fmt: skip
    assert product(styles, comment, **cells) == {
        "barcode": "0046001234567", "sku": "ФР-00000042", "discount_percent": "15", "tax_rate": "12",
        "base_price": "1234.5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "format_", "number"),
    [
        ("base_price", 9, "0.15"),
        ("weight", "#,##0,", "12000"),
        ("stock_quantity", '0" тыс."', "12"),
        ("size", 12, "0.5"),
    ],
)
def test_a_format_that_makes_another_number_is_an_error_of_its_cell(
    column: str, format_: str | int, number: str
) -> None:
    found = product(styled(format_), **{column: f"1 {number}"})
    assert list(found) == [column]
    assert "another number than it holds" in found[column]


MENDED: list[tuple[str, str | int, str]] = [
    ("sku", "00000", "7"), ("sku", '"ФР-"000', "42"), ("sku", 2, "4.607081234567E12"), ("sku", 14, "43831"),
    ("sku", 12, "0.5"),
    ("sku", 0, "12345678901234500"), ("discount_percent", 9, "0.15"), ("discount_percent", 2, "15"),
    ("weight", "#,##0,", "12000"),
    ("weight", 9, "0.15"), ("weight", 4, "1.2E1"), ("weight", '0" кг"', "3"), ("weight", 14, "43831"),
    ("expiry_date", 14, "46022"),
    ("expiry_date", "00000000", "20251231"), ("warranty_period", 1, "12"), ("is_active", 1, "1"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "format_", "number"), MENDED)
def test_a_row_that_comes_back_means_the_same_when_it_is_sent_again(
    column: str, format_: str | int, number: str
) -> None:
    styles = styled(format_, 0)
    at_once = told(styles, **{column: f"1 {number}"})
    rejected = told(styles, **{column: f"1 {number}", "base_price": "2 x"})
    cells = rejected.filled[2] | {"base_price": ""}
    again = read("nomenklatura", book("nomenklatura", cells))
    assert [error["column"] for error in again.errors.get(2, [])] == [
        one["column"] for one in at_once.errors.get(2, [])
    ]
    if not at_once.errors:
        kept, sent = at_once.rows[2][column], again.rows[2][column]
        assert kept == sent or Decimal(kept) == Decimal(sent)


def test_every_built_in_format_is_known() -> None:
    dates = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)}
    for number in range(82):
        found = product(styled(number), base_price="1 5")
        assert ("date" in str(found.get("base_price"))) == (number in dates)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("4607081234567", "4607081234567"), ("4.607081234567E12", "4607081234567"),
        ("123456789012345", "123456789012345"),
        ("10202001001000123", "10202001001000123"), ("12345678901234500", None), ("1.23456789012345E+16", None),
        ("1E+15", None), ("1e300", None), ("NaN", None), ("1e400", None),
    ],
)  # fmt: skip
def test_a_code_of_which_digits_may_be_lost_is_an_error(number: str, kept: str | None) -> None:
    found = product(styled("0"), barcode=f"1 {number}")
    assert found["barcode"] == kept if kept else "number" in found["barcode"]


def test_styles_far_beyond_those_of_excel_are_read() -> None:
    codes: list[str | int] = [f'"{at}-"000' for at in range(5000)]
    assert product(styled(*codes), sku="4321 7") == {"sku": "4320-007"}


def test_a_style_that_cells_do_not_name_is_the_first() -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    row = '<row r="2"><c r="A2" t="str"><v>N</v></c><c r="M2"><v>46143</v></c></row>'
    found = read("nomenklatura", package(sheet(header_row("nomenklatura") + row), styles=styles))
    assert [error["column"] for error in found.errors[2]] == ["base_price"]
    assert DATED not in str(found.errors)
