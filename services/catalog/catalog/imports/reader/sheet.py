"""Reads the rows of a sheet, one after the other.

Most programs write cells in one plain form, which patterns take apart many times as fast as any XML parser. What
surrounds the values is the same in most rows, and is looked at once. With the first row in any other form the sheet is
left to openpyxl, from its beginning on.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO

from catalog.imports.reader.limits import MAX_COLUMNS, MAX_ROW_CELLS, MAX_ROW_CHARACTERS, FileRejected, too_large
from catalog.imports.reader.places import Shape, SheetRow, check_once, place, row_number, whole
from catalog.imports.reader.texts import unescaped

PIECE = 256 * 1024

SHARED, TEXT, FORMULA, BROKEN = "s", "str", "f", "e"
"""These types of cells hold the number of a shared text, a text, a formula without a type, or an error."""

_NUMBERS = frozenset({"", "n", FORMULA})

MAX_SHAPES = 1000
"""At most this many shapes are kept: a sheet whose rows all differ gains nothing by it."""

Cell = tuple[str, str, str, str, str]
"""A cell is its position if it names one, its style, its type, its value, and its own text."""


class Unusual(Exception):
    """Is raised for a sheet that is not written in the plain form."""


_VALUES = re.compile(r">([^<]+)<")
_CELL = re.compile(
    r'<c(?: r="([A-Za-z]{1,3}[0-9]+)")?(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?'
    r'(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_ROW = re.compile(r'\s*<row(?: r="([1-9][0-9]*)")?[ >]')
_NAMES_A_PLACE = re.compile(r"\br\s*=")
_PROLOGUE = re.compile(r'\ufeff?\s*(?:<\?xml[^>]*?(?:encoding="(?i:utf-8)"[^>]*?)?\?>)?\s*<worksheet[\s>]')
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CHARACTERS, _SURROGATES = range(1, 0x110000), range(0xD800, 0xE000)
_WITHOUT_NUMBER = '\1"'
_TAGS_OF_VALUE, _TAGS_OF_TEXT = 4, 6


Kinds = Mapping[str, str]
"""Types of numbers by the style of their cells."""


def rows(open_sheet: Callable[[], IO[bytes]], kinds: Kinds) -> Iterator[SheetRow]:
    """Read all rows, also empty ones that are there.

    Raises :class:`FileRejected`, or what expat does for broken XML.
    """
    return whole(_pieces(open_sheet, kinds))


def _pieces(open_sheet: Callable[[], IO[bytes]], kinds: Kinds) -> Iterator[SheetRow]:
    done = 0
    try:
        for row in plain_rows(open_sheet(), kinds):
            yield row
            done += 1
    except Unusual:
        from catalog.imports.reader.any_form import parsed_rows  # takes 0.2 s and 23 MB, which few workbooks need

        for skipped, row in enumerate(parsed_rows(open_sheet(), kinds)):
            if skipped >= done:
                yield row


def plain_rows(sheet: IO[bytes], kinds: Kinds) -> Iterator[SheetRow]:
    """Read rows in the plain form; raises :class:`Unusual` at the first that is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    shapes = _Shapes(kinds)
    rest, number, begun = "", 0, False
    while piece := sheet.read(PIECE):
        if b"\0" in piece:
            raise Unusual
        try:
            rest += decoder.decode(piece)
        except UnicodeDecodeError:
            raise Unusual from None
        if not begun:
            rest = _after_head(rest)
            begun = True
        *parts, rest = rest.split("</row>")
        for part in parts:
            row = _plain_row(part, number, shapes)
            number = row.number
            yield row
        if rest.lstrip().startswith("</sheetData"):
            return
        if len(rest) > MAX_ROW_CHARACTERS:
            raise Unusual
    raise Unusual


def _after_head(text: str) -> str:
    head, found, rest = text.partition("<sheetData>")
    if not found or not _PROLOGUE.match(head) or "<!" in head:
        raise Unusual
    return rest


def _plain_row(part: str, previous: int, shapes: "_Shapes") -> SheetRow:
    pieces = _VALUES.split(part)
    start = _ROW.match(pieces[0])
    if start is None:
        raise Unusual
    written, values = start[1] or "", pieces[1::2]
    if not written and _NAMES_A_PLACE.search(part):  # behind other attributes, or in the cells
        raise Unusual
    number = row_number(written, previous)
    shape = shapes.of(part, "\0".join(pieces[::2]), written, number)
    if len(values) != len(shape):
        raise Unusual
    if "&" in part or "_x" in part or "\r" in part:
        values = [_text(value) for value in values]
    return SheetRow(number, shape, values)


class _Shapes:
    """Finds the shapes of plain rows by what stands around their values, without the number of the row."""

    def __init__(self, kinds: Kinds) -> None:
        self._known: dict[str, Shape] = {}
        self._kinds = kinds
        self._longest_style = max(map(len, kinds), default=0)

    def of(self, part: str, around: str, written: str, number: int) -> Shape:
        """Return the shape of the row ``part``; raises :class:`Unusual`."""
        form = self._without_number(around, written)
        shape = self._known.get(form)
        if shape is None:
            shape = _plain_shape(part, number, self._kinds)
            if len(self._known) < MAX_SHAPES and form:
                self._known[form] = shape
        return shape

    def _without_number(self, around: str, written: str) -> str:
        """Return what stands around the values without the number of the row; nothing if more might be lost with it.

        A style that matters may be the number of the row, or end as it does. Then only behind the letters of a place
        is it the row's.
        """
        if not written:
            return around
        if len(written) > self._longest_style:
            return around.replace(f'{written}"', _WITHOUT_NUMBER)
        begin, *pieces = around.split(f'{written}"')
        before = "".join([piece[-1:] for piece in pieces[:-1]])
        return _WITHOUT_NUMBER.join((begin, *pieces)) if not before or before.isalpha() else ""


def _plain_shape(part: str, number: int, kinds: Kinds) -> Shape:
    cells = _CELL.findall(part)
    values, texts = part.count("</v>"), part.count("</is>")
    single, closed = part.count("/>"), part.count("</c>")
    tags = 1 + _TAGS_OF_VALUE * values + _TAGS_OF_TEXT * texts + single + 2 * (closed - values - texts)
    if single + closed != len(cells) or part.count("<") != tags:
        raise Unusual
    return filled(cells, number, kinds)[0]


def filled(cells: Sequence[Cell], number: int, kinds: Kinds) -> tuple[Shape, list[str]]:
    """Return the shape of a row of these cells, and their values. A formula without a result counts as filled."""
    if len(cells) > MAX_ROW_CELLS:
        raise too_large(f"A row has more than {MAX_ROW_CELLS} cells.")
    shape: list[tuple[int, str]] = []
    values: list[str] = []
    column = -1
    for reference, style, written, value, text in cells:
        column = _column(reference, number) if reference else column + 1
        kind = kinds.get(style, written) if value and written in _NUMBERS else written
        if value or text or kind == FORMULA:
            shape.append((column, TEXT if kind == SHARED and not value else kind))
            values.append(value if value and kind == SHARED else text or value)
    if len(shape) > MAX_COLUMNS:
        raise too_large(f"A row has more than {MAX_COLUMNS} filled cells.")
    check_once(number, tuple(shape))
    return tuple(shape), values


def _column(reference: str, number: int) -> int:
    column, row = place(reference)
    if row != number:
        raise FileRejected(f"Row {number} of the sheet holds the cell {reference}, which belongs to another.")
    return column


def _text(written: str) -> str:
    if "\r" in written:
        written = written.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in written:
        references = written.count("&")
        written, found = _REFERENCE.subn(_referred, written)
        if found < references:
            raise Unusual
    return unescaped(written)


def _referred(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code not in _CHARACTERS or code in _SURROGATES:
        raise Unusual
    return chr(code)
