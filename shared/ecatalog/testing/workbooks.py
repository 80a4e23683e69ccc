"""Reads workbooks as other programs do."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]  # the package has no types


@dataclass(frozen=True)
class ReadWorkbook:
    """Is the only sheet of a workbook: its values as Python has them, and the format of its cells."""

    sheet: str
    headers: list[Any]
    rows: list[list[Any]]
    widths: list[float]
    formats: set[str]

    def column(self, header: str) -> list[Any]:
        place = self.headers.index(header)
        return [row[place] for row in self.rows]


def read_workbook(content: bytes) -> ReadWorkbook:
    """Read a workbook; raises what openpyxl does for other files, and ValueError for more than one sheet."""
    workbook = load_workbook(BytesIO(content))
    (sheet,) = workbook.worksheets
    headers, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    widths = [dimension.width for dimension in sheet.column_dimensions.values()]
    formats = {cell.number_format for row in sheet.iter_rows() for cell in row}
    return ReadWorkbook(sheet.title, headers, rows, widths, formats)
