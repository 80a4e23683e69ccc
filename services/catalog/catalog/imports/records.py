"""Rows of a sheet made into rows of the catalog."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecatalog.excel import is_cut
from ecatalog.fields import Field
from pydantic import BaseModel

from catalog.columns import SheetLayout
from catalog.html import clean_description
from catalog.imports.cells import Read, Unreadable, reader
from catalog.imports.limits import MAX_COLUMNS, MAX_EMPTY_ROWS, too_large
from catalog.imports.sheet import Cell, Row
from catalog.imports.texts import SharedTexts

NO_CODE = "{} bo'sh bo'lishi mumkin emas"
BROKEN_CELL = "The cell holds an error: {}"
NO_RESULT = "The cell holds a formula without a result."

Filled = tuple[int, str, str]
"""A cell that is not blank: its column from 0, its type and its text."""


class WrongHeaders(Exception):
    """The first row is not the layout's."""

    def __init__(self, received: list[str]) -> None:
        super().__init__(received)
        self.received = received


@dataclass
class Record:
    """A row to be written: its ``values``; or one that cannot be, with what is wrong in which column."""

    row: int
    code: str
    values: dict[str, Any]
    errors: list[dict[str, str]] = field(default_factory=list)


class Records:
    """The rows of one sheet as records; raises :class:`WrongHeaders`, or refuses what is too large."""

    def __init__(self, layout: SheetLayout, body: type[BaseModel], texts: SharedTexts, *, from_1904: bool) -> None:
        self._names = layout.headers
        self._texts = texts
        self._readers: list[Read] = [
            reader(column.value, _field(body, column.name), from_1904=from_1904) for column in layout.columns
        ]
        self._places = {_letters(number): number for number in range(len(self._names))}

    def of(self, rows: Iterator[Row]) -> Iterator[Record]:
        """The records of all rows that are not empty."""
        first = next(rows, Row(1, []))
        self._check_headers(first)
        empty = 0
        for row in rows:
            filled = self._filled(row.cells)
            if filled:
                yield self._record(row.number, filled)
                continue
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                raise too_large(
                    f"The sheet has more than {MAX_EMPTY_ROWS} empty rows. Delete them and save the file again."
                )

    def _check_headers(self, row: Row) -> None:
        received = [""] * len(self._names)
        if row.number == 1:
            for place, _, text in self._filled(row.cells):
                received[place] = text.strip()
        if [name.lower() for name in received] != list(self._names):
            raise WrongHeaders([name[:255] for name in received])

    def _filled(self, cells: Sequence[Cell]) -> list[Filled]:
        if len(cells) > MAX_COLUMNS:
            raise too_large(f"A row has more than {MAX_COLUMNS} cells.")
        filled: list[Filled] = []
        place, width = -1, len(self._names)
        for column, kind, value, text in cells:
            place = self._places.get(column, width) if column else place + 1
            if place >= width:
                continue
            content = self._texts[int(value)] if kind == "s" and value else text or value
            if (content and not content.isspace()) or kind == "f":
                filled.append((place, kind, content))
        return filled

    def _record(self, number: int, filled: Sequence[Filled]) -> Record:
        values: dict[str, Any] = {}
        errors: list[dict[str, str]] = []
        for place, kind, text in filled:
            if is_cut(text):  # the whole of it stands in the row, and stays there
                continue
            try:
                if kind == "e" or not text:
                    raise Unreadable("contract", BROKEN_CELL.format(text) if text else NO_RESULT)
                values[self._names[place]] = self._readers[place](kind, text)
            except Unreadable as error:
                errors.append({"column": self._names[place], "error": error.message()})
            except (ValueError, ArithmeticError):
                errors.append({"column": self._names[place], "error": "A valid number is required."})
        code = self._names[0]
        if filled[0][0] != 0:
            errors.insert(0, {"column": code, "error": NO_CODE.format(code)})
        if errors:
            typed = {self._names[place]: text for place, _, text in filled}
            return Record(number, typed.get(code, "").strip(), typed, errors)
        clean_description(values)
        return Record(number, values[code], values)


def _field(body: type[BaseModel], name: str) -> Field:
    metadata = body.model_fields[name].metadata
    return next(item for item in metadata if isinstance(item, Field))


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
