import asyncio
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import AsyncIterator, Sequence

import pytest
from ecatalog.entities.sheet import CellType
from ecatalog.excel.writer import CUT, MAX_CHARACTERS, Workbook, is_cut, written
from ecatalog.testing.workbooks import read_workbook


def workbook(kinds: Sequence[CellType], *cells: str, sheet: str = "Sheet") -> bytes:
    made = Workbook(sheet, [f"column {number}" for number, _ in enumerate(kinds)], kinds, len(cells) // len(kinds))
    return made.begin() + (made.rows(cells) if cells else b"") + made.end()


def texts(*cells: str) -> list[str | None]:
    """What a reader finds for these texts."""
    return [value for (value,) in read_workbook(workbook([CellType.TEXT], *cells)).rows]


SURVIVE = [
    "plain", "0012", "=1+1", "+998901234567", "-1", "@SUM(A1)", "'quoted' \"twice\"", " before", "after ", "\tx",
    "two\nlines", "two\r\nlines", "a\rb", "\n", "Молоко 3,2% «Ўзбек»", "😀👨‍👩‍👧", "<b>&amp;</b> ]]>", "a\u00a0b",
    "\x85\u2028", "_x0041_", "_x005F_x0041_", "_x_x0041__x000D_z", "_x00411_", "None", "1E5", "TRUE", "2026-01-31",
    "я" * MAX_CHARACTERS,
]  # fmt: skip


def test_texts_survive_letter_by_letter() -> None:
    assert texts(*SURVIVE) == SURVIVE


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x.uz")', "{=1}", "=cmd|' /C calc'!A0"]
)
def test_no_text_is_a_formula(text: str) -> None:
    """A text that stands in its cell is none for any program; one elsewhere may be taken for one."""
    sheet = zipfile.ZipFile(io.BytesIO(workbook([CellType.TEXT], text))).read("xl/worksheets/sheet1.xml")
    cells = [cell for cell in ET.fromstring(sheet).iter() if cell.tag.endswith("}c")]  # noqa: S314 - our own
    assert [cell.get("t") for cell in cells] == ["inlineStr", "inlineStr"]
    inside = [[part.tag.rpartition("}")[2] for part in cell.iter()] for cell in cells]
    assert inside == [["c", "is", "t"]] * 2
    assert "".join(cells[1].itertext()) == text


@pytest.mark.parametrize("text", ["_x0041_", "_x000D_", "a_x005F_x0041_"])
def test_no_piece_of_a_text_looks_like_an_escape(text: str) -> None:
    """Excel takes such a piece apart where openpyxl does not."""
    sheet = zipfile.ZipFile(io.BytesIO(workbook([CellType.TEXT], text))).read("xl/worksheets/sheet1.xml")
    pieces = [piece.text or "" for piece in ET.fromstring(sheet).iter() if piece.tag.endswith("}t")][1:]  # noqa: S314 - our own
    assert "".join(pieces) == text
    assert len(pieces) > 1


def test_characters_that_a_workbook_cannot_hold_are_dropped() -> None:
    assert texts("a\x01\x08\x0b\x0c\x1fb", "nul\0in", "\ufffe\uffff.", "half \ud800", "next") == [
        "ab", "nulin", ".", "half ?", "next",
    ]  # fmt: skip


def test_a_text_longer_than_a_cell_says_that_it_is_cut() -> None:
    long, wide, exact = texts("x" * 40_000, "😀" * 20_000, "x" * MAX_CHARACTERS)
    assert long == "x" * (MAX_CHARACTERS - 1) + CUT
    assert wide == "😀" * 16_383 + CUT
    assert exact == "x" * MAX_CHARACTERS
    assert [is_cut(text or "") for text in (long, wide, exact)] == [True, True, False]
    assert not is_cut(f"short{CUT}")


def test_cells_have_their_types_and_nothing_is_no_value() -> None:
    kinds = [CellType.TEXT, CellType.NUMBER, CellType.BOOLEAN]
    read = read_workbook(workbook(kinds, "007", "0", "0", "", "", "", "x", "-12500.75", "1"))
    assert read.rows == [["007", 0, False], [None, None, None], ["x", -12500.75, True]]
    assert [type(value) for value in read.rows[0]] == [str, int, bool]
    assert read.formats == {"General"}


def test_every_cell_names_its_place_and_nothing_has_no_cell() -> None:
    """Simple readers go by the names alone."""
    made = Workbook("S", ["a", "b"], [CellType.TEXT, CellType.NUMBER])
    content = made.begin() + made.rows(["x", "", "", "1"]) + made.rows(["", "", "z#", "2"]) + made.end()
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall('<row r="([^"]*)">', sheet) == ["1", "2", "3", "4", "5"]
    assert re.findall('<c r="([^"]*)"', sheet) == ["A1", "B1", "A2", "B3", "A5", "B5"]


def test_a_workbook_without_rows_has_its_headers() -> None:
    read = read_workbook(workbook([CellType.TEXT] * 2, sheet='<"Q" & A>'))
    assert (read.sheet, read.headers, read.rows) == ('<"Q" & A>', ["column 0", "column 1"], [])
    assert read.widths == [15, 15]


def test_a_column_is_wider_than_its_header() -> None:
    made = Workbook("S", ["a" * 20], [CellType.TEXT], 0)
    assert read_workbook(made.begin() + made.end()).widths == [25]


@pytest.mark.parametrize(("columns", "corner"), [(1, "A4"), (26, "Z4"), (27, "AA4"), (703, "AAA4")])
def test_a_reader_is_told_how_far_the_sheet_goes_where_that_is_known(columns: int, corner: str) -> None:
    made = Workbook("S", ["a"] * columns, [CellType.TEXT] * columns, 3)
    sheet = zipfile.ZipFile(io.BytesIO(made.begin() + made.end())).read("xl/worksheets/sheet1.xml")
    assert f'<dimension ref="A1:{corner}"/>'.encode() in sheet
    made = Workbook("S", ["a"], [CellType.TEXT])
    sheet = zipfile.ZipFile(io.BytesIO(made.begin() + made.end())).read("xl/worksheets/sheet1.xml")
    assert b"dimension" not in sheet


async def test_a_stream_sends_before_it_has_read_everything() -> None:
    read = 0

    async def batches() -> AsyncIterator[list[str]]:
        nonlocal read
        for read in range(1, 51):
            yield [f"value {read} {number * 7919 % 1009}" for number in range(1000)]

    pieces, begun = [], 0
    async for piece in written(Workbook("S", ["a"], [CellType.TEXT]), batches()):
        pieces.append(piece)
        begun = begun or read
    assert begun <= 2
    assert len(pieces) > 5
    assert len(read_workbook(b"".join(pieces)).rows) == 50_000


async def test_a_failure_of_the_source_ends_the_stream_with_it() -> None:
    async def batches() -> AsyncIterator[list[str]]:
        yield ["one"]
        await asyncio.sleep(0)
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        async for _ in written(Workbook("S", ["a"], [CellType.TEXT]), batches()):
            pass
