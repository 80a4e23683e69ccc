"""Reads the rows of a sheet in any form of XML, as openpyxl does in its read-only mode.

Its parser is used without the worksheet around it, which silently leaves out what it does not expect: pieces of
a row, and rows and cells out of their order.
"""

from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from openpyxl.worksheet._reader import (  # type: ignore[import-untyped]  # it has no types
    DATA_TAG,
    FORMULA_TAG,
    INLINE_STRING,
    ROW_TAG,
    VALUE_TAG,
    WorkSheetParser,
)
from openpyxl.xml.constants import SHEET_MAIN_NS  # type: ignore[import-untyped]
from openpyxl.xml.functions import iterparse  # type: ignore[import-untyped]

from catalog.imports.reader.limits import MAX_ROW_BYTES, MAX_ROW_ELEMENTS, too_large
from catalog.imports.reader.places import SheetRow, in_sheet, place
from catalog.imports.reader.sheet import FORMULA, Cell, Kinds, filled
from catalog.imports.reader.texts import unescaped
from catalog.imports.reader.xml import Fed, parser

TOO_LONG = "A row of the sheet is too long."

_STRICT_NS = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_TEXT_TAG, _RUN_TAG = (f"{{{SHEET_MAIN_NS}}}{name}" for name in "tr")


def parsed_rows(sheet: IO[bytes], kinds: Kinds) -> Iterator[SheetRow]:
    """Read all rows; raises :class:`FileRejected`, or what expat does for broken XML."""
    guarded = _Guarded(sheet)
    for number, cells in _Rows(guarded, ()).parse():
        guarded.begin_row()
        yield SheetRow(number, *filled(cells, number, kinds))


class _Guarded:
    """Checks the XML of a sheet before openpyxl gets it: it has no document type, and no endless piece."""

    def __init__(self, sheet: IO[bytes]) -> None:
        self._sheet = sheet
        self._fed = Fed(parser())
        self._since_row = 0
        self._is_begun = False

    def read(self, size: int) -> bytes:
        """Return the next bytes; raises :class:`FileRejected`, or what expat does for broken XML."""
        piece = self._sheet.read(size)
        self._fed.parse(piece)
        self._since_row += len(piece)
        if self._since_row > MAX_ROW_BYTES:
            raise too_large(TOO_LONG)
        if not self._is_begun:
            self._is_begun = True
            return piece.replace(_STRICT_NS, SHEET_MAIN_NS.encode())
        return piece

    def begin_row(self) -> None:
        self._since_row = 0


class _Rows(WorkSheetParser):  # type: ignore[misc]  # it has no types
    """Takes only the rows from openpyxl's parser."""

    def parse(self) -> Iterator[tuple[int, list[Cell]]]:
        """Give the number of each row and its cells.

        Filters, print settings and other things around the rows are skipped: openpyxl would refuse those not as they
        should be, and nobody needs them here.
        """
        elements = 0
        for _, element in iterparse(self.source):
            elements += 1
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
                self.row_dimensions.clear()
                elements = 0
            elif element.tag == DATA_TAG:
                return
            elif elements > MAX_ROW_ELEMENTS:
                raise too_large(TOO_LONG)

    def parse_row(self, row: Any) -> tuple[int, list[Cell]]:
        """Read a row. It stands at its own number, at that of its first cell that has one, or behind the last row."""
        number, cells = super().parse_row(row)
        named = next((cell[0] for cell in cells if cell[0]), "")
        if named and "r" not in row.attrib:
            number = place(named)[1]
        self.row_counter = in_sheet(number)
        return number, cells

    def parse_cell(self, element: Any) -> Cell:
        """Read a cell as it is written: each digit of a number counts, and a broken one is an error of this cell."""
        kind = element.get("t", "")
        if not kind and element.find(FORMULA_TAG) is not None:
            kind = FORMULA
        value = unescaped(element.findtext(VALUE_TAG, ""))
        return element.get("r", ""), element.get("s", ""), kind, value, _inline(element.find(INLINE_STRING))


def _inline(element: Any) -> str:
    """Return the text of the runs without its pronunciation. No escape spans two runs, so each is unescaped alone."""
    if element is None:
        return ""
    texts = chain(element.iterfind(_TEXT_TAG), element.iterfind(f"{_RUN_TAG}/{_TEXT_TAG}"))
    return "".join(unescaped(one.text or "") for one in texts)
