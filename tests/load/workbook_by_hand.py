"""A workbook as one would read it by hand: by calamine, each row as it comes."""

import io
from collections.abc import Iterator, Sequence
from typing import cast

from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.entities.sheet import Value
from python_calamine import CalamineWorkbook

_WHOLE = [index for index, column in enumerate(NOMENKLATURA.sheet.columns) if column.value is Value.INTEGER]


def rows(book: bytes) -> Iterator[Sequence[object]]:
    """Yield the cells of each row below the headers; every number of a workbook is one with a fraction."""
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).iter_rows()
    next(cells)
    for row in cells:
        values: list[object] = list(row)
        for index in _WHOLE:
            values[index] = int(cast(float, row[index]))
        yield values
