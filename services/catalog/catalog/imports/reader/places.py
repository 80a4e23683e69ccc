"""Finds out where cells and rows stand in a sheet."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ecatalog.excel.writer import MAX_ROWS

from catalog.imports.reader.limits import MAX_EMPTY_ROWS, FileRejected, too_large

Shape = tuple[tuple[int, str], ...]
"""The columns, from 0, and the types of those cells of a row that hold something."""

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,10})")
SHOWN = 20
"""Characters of a reference that is repeated for being wrong."""


class SheetRow(NamedTuple):
    """Is a row. Its ``number`` counts from 1; ``values`` are what its cells hold, in the order of ``shape``."""

    number: int
    shape: Shape
    values: list[str]


def row_number(written: str, previous: int) -> int:
    """Return the number of a row; that after ``previous`` when none is written."""
    return in_sheet(int(written) if written else previous + 1)


def in_sheet(number: int) -> int:
    """Return the number of a row, if a sheet can have such a one."""
    if not 0 < number <= MAX_ROWS:
        raise FileRejected(f"A row of the sheet has a number that is not between 1 and {MAX_ROWS}.")
    return number


def place(reference: str) -> tuple[int, int]:
    """Return the column, from 0, and the number of the row that a cell names."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise FileRejected(f'A cell of the sheet stands at "{reference[:SHOWN]}", which is no place.')
    number = 0
    for letter in found[1].upper():
        number = number * 26 + ord(letter) - 64
    return number - 1, int(found[2])


def whole(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    """Give the rows; pieces of one row that follow each other are put together."""
    known = bytearray(MAX_ROWS + 1)
    last: SheetRow | None = None
    empty = 0
    for row in rows:
        if last is not None and row.number == last.number:
            last = _joined(last, row)
            empty += not row.shape
            if empty > MAX_EMPTY_ROWS:
                raise too_large("The sheet has too many rows without cells.")
            continue
        if known[row.number]:
            raise FileRejected(f"Row {row.number} stands at two places of the sheet.")
        known[row.number] = bool(row.shape)
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _joined(row: SheetRow, more: SheetRow) -> SheetRow:
    shape = row.shape + more.shape
    check_once(row.number, shape)
    return SheetRow(row.number, shape, row.values + more.values)


def check_once(number: int, shape: Shape) -> None:
    """Raise :class:`FileRejected` when two cells of a row hold something at one place."""
    if len({column for column, _ in shape}) < len(shape):
        raise FileRejected(f"Row {number} of the sheet holds a cell twice.")
