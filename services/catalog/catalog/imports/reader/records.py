"""Turns rows of a sheet into rows of the catalog."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.written.signs import is_unseen

from catalog.html import TooLong, clean_description
from catalog.imports.reader.cells import Read, Unreadable, reader
from catalog.imports.reader.limits import MAX_CELLS, MAX_EMPTY_ROWS, MAX_EXPANDED_CHARACTERS, too_large
from catalog.imports.reader.places import Shape, SheetRow
from catalog.imports.reader.sheet import FORMULA, MAX_SHAPES, SHARED
from catalog.imports.reader.shown import shower
from catalog.imports.reader.texts import LONGEST, SharedTexts

SHOWN = 500
"""At most this many characters are shown of an unreadable code, and of an error, which may quote its cell."""

NO_CODE = "{} bo'sh bo'lishi mumkin emas"


@dataclass
class Record:
    """Is a row with its ``values`` to write, or with the ``errors`` of its columns."""

    row: int
    code: str
    values: dict[str, Any]
    errors: list[dict[str, str]] = field(default_factory=list)


class Column(NamedTuple):
    """Says where among the values of a row one stands, what it is, how it is read and what it shows."""

    place: int
    name: str
    kind: str
    read: Read
    show: Callable[[str], str]


class Plan(NamedTuple):
    """Says how to read rows of one shape: by their columns, that of the code, and the positions of shared texts."""

    columns: list[Column]
    code: Column | None
    shared: list[int]


@dataclass(frozen=True)
class Survey:
    """Counts the rows that hold something; ``later`` names for each row whose code comes again the one that counts."""

    rows: int
    later: dict[int, int]


def survey(codes: Iterable[tuple[int, str]]) -> Survey:
    """Survey rows by their numbers and codes."""
    count = 0
    last: dict[str, int] = {}
    superseded: list[tuple[int, str]] = []
    for row, code in codes:
        count += 1
        if code:
            earlier = last.get(code, row)
            if earlier != row:
                superseded.append((min(earlier, row), code))
            last[code] = max(earlier, row)
    return Survey(count, {row: last[code] for row, code in superseded})


class Records:
    """Turns the rows of one sheet, whose headers are the layout's, into records; refuses a too large one."""

    def __init__(self, layout: SheetLayout, texts: SharedTexts, *, from_1904: bool) -> None:
        self._names = layout.headers
        self._texts = texts
        self._sheet = layout.columns
        self._from_1904 = from_1904
        self._plans: dict[Shape, Plan] = {}
        self._expanded = 0

    def is_empty(self, rows: Iterator[SheetRow]) -> bool:
        """Return whether no row below the headers holds anything."""
        return next(self._filled(rows), None) is None

    def survey(self, rows: Iterator[SheetRow]) -> Survey:
        """Look through the whole sheet: a broken one is found before anything of it is written."""
        return survey((row.number, _code(row, plan)) for row, plan in self._filled(rows))

    def of(self, rows: Iterator[SheetRow]) -> Iterator[Record]:
        """Give the records of all rows that are not empty."""
        return (self._record(row, plan) for row, plan in self._filled(rows))

    def _filled(self, rows: Iterator[SheetRow]) -> Iterator[tuple[SheetRow, Plan]]:
        """Give the rows below the headers that are not empty, with their shared texts."""
        next(rows, None)
        empty = cells = 0
        for row in rows:
            cells += len(row.values)
            if cells > MAX_CELLS:
                raise too_large(f"The sheet has more than {MAX_CELLS} cells that hold something.")
            plan = self._plan(row.shape)
            self._put_texts(row, plan)
            if any(_is_filled(column, row.values[column.place]) for column in plan.columns):
                yield row, plan
                continue
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                raise too_large(
                    f"The sheet has more than {MAX_EMPTY_ROWS} empty rows. Delete them and save the file again."
                )

    def _plan(self, shape: Shape) -> Plan:
        plan = self._plans.get(shape)
        if plan is None:
            columns = [
                self._column(place, number, kind)
                for place, (number, kind) in enumerate(shape)
                if number < len(self._names)
            ]
            code = next((column for column in columns if column.name == self._names[0]), None)
            plan = Plan(columns, code, [column.place for column in columns if column.kind == SHARED])
            if len(self._plans) < MAX_SHAPES:
                self._plans[shape] = plan
        return plan

    def _column(self, place: int, number: int, kind: str) -> Column:
        column = self._sheet[number]
        read = reader(column.value, column.type, kind, from_1904=self._from_1904)
        show = shower(column.value, kind, from_1904=self._from_1904)
        return Column(place, self._names[number], kind, read, show)

    def _put_texts(self, row: SheetRow, plan: Plan) -> None:
        self._expanded += self._texts.put(row.values, plan.shared)
        if self._expanded > MAX_EXPANDED_CHARACTERS:
            raise too_large("The cells of the workbook share too long texts.")

    def _record(self, row: SheetRow, plan: Plan) -> Record:
        values: dict[str, Any] = {}
        errors: list[dict[str, str]] = []
        texts = row.values
        for place, name, _, read, _ in plan.columns:
            try:
                value = read(texts[place])
            except Unreadable as error:
                errors.append({"column": name, "error": error.message()[:SHOWN]})
            except (ValueError, ArithmeticError):
                errors.append({"column": name, "error": "A valid number is required."})
            else:
                if value is not None:
                    values[name] = value
        try:
            clean_description(values)
        except TooLong as error:
            errors.append({"column": "description", "error": str(error)})
        code = self._names[0]
        if not values.get(code) and all(error["column"] != code for error in errors):
            errors.insert(0, {"column": code, "error": NO_CODE.format(code)})
        if errors:
            return Record(row.number, _code(row, plan), _as_filled(row, plan), errors)
        return Record(row.number, values[code], values)


def _is_filled(column: Column, text: str) -> bool:
    """Return whether a cell is not blank; a formula without a result counts as filled."""
    return not is_unseen(text) if text else column.kind == FORMULA


def _code(row: SheetRow, plan: Plan) -> str:
    """Return the code of a row, as it was filled where it cannot be read."""
    if plan.code is None:
        return ""
    text = row.values[plan.code.place]
    try:
        return plan.code.read(text) or ""
    except (Unreadable, ValueError, ArithmeticError):
        return text.strip()[:SHOWN]


def _as_filled(row: SheetRow, plan: Plan) -> dict[str, str]:
    """Return the cells as the sheet shows them, cut where they are longer than any cell can be."""
    filled = ((column, row.values[column.place][:LONGEST]) for column in plan.columns)
    return {column.name: column.show(text) for column, text in filled if _is_filled(column, text)}
