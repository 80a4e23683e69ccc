"""The rows of a sheet, one after the other.

Most programs write cells in one plain form, which patterns take apart many times as fast as any XML parser. What
surrounds the values is the same in most rows, and is looked at once. A row in any other form is left to the parser,
from the beginning of the sheet on.
"""

import codecs
import re
from collections.abc import Callable, Container, Iterator, Sequence
from typing import IO, NamedTuple

from ecatalog.excel import MAX_ROWS

from catalog.imports.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROW_CHARACTERS, Refused, too_large
from catalog.imports.texts import unescaped
from catalog.imports.xml import Attributes, Fed, local, parser

PIECE = 256 * 1024

SHARED, TEXT, FORMULA, BROKEN = "s", "str", "f", "e"
"""Types of cells: the value is the number of a shared text, or a text; a formula without a type; an error."""

DATED = "dated"
"""A number that is shown as a date."""

_NUMBERS = frozenset({"", "n", FORMULA})

MAX_SHAPES = 1000
"""How many are remembered: a sheet of which every row has another is not what this is for."""

Cell = tuple[str, str, str, str, str]
"""The letters of its column if it names them, its style, its type, its value, and its own text."""

Shape = tuple[tuple[int, str], ...]
"""The columns, from 0, and the types of those cells of a row that hold something."""


class Row(NamedTuple):
    """``number`` is its place in the sheet, from 1; ``values`` are what its cells hold, in the order of ``shape``."""

    number: int
    shape: Shape
    values: list[str]


class _Unusual(Exception):
    """The sheet is not written in the plain form."""


_VALUES = re.compile(r">([^<]+)<")
_CELL = re.compile(
    r'<c(?: r="([A-Z]{1,3})\d+")?(?: s="(\d+)")?(?: t="(\w+)")?'
    r'(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_LETTERS = re.compile("[A-Z]{1,3}")
_ROW = re.compile(r'\s*<row(?: r="(\d+)")?[ >]')
_PROLOGUE = re.compile(r'\ufeff?\s*(?:<\?xml[^>]*?(?:encoding="(?i:utf-8)"[^>]*?)?\?>)?\s*<worksheet[\s>]')
_DIMENSION = re.compile(r'dimension\s+ref="[A-Z]{1,3}\d+:([A-Z]{1,3})(\d+)"')
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#(\d+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CHARACTERS, _SURROGATES = range(1, 0x110000), range(0xD800, 0xE000)
_TAGS_OF_VALUE, _TAGS_OF_TEXT = 4, 6


def rows(open_sheet: Callable[[], IO[bytes]], dates: Container[str] = ()) -> Iterator[Row]:
    """All rows, also empty ones that are there; ``dates`` are the styles that show dates.

    Raises :class:`Refused`, or what expat does for broken XML.
    """
    done = 0
    try:
        for row in _plain_rows(open_sheet(), dates):
            yield row
            done += 1
    except _Unusual:
        for skipped, row in enumerate(_parsed_rows(open_sheet(), dates)):
            if skipped >= done:
                yield row


def column_number(letters: str) -> int:
    """From 0: A, B, …, Z, AA; what names no column stands behind them all."""
    if not _LETTERS.fullmatch(letters):
        return MAX_COLUMNS
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _row_number(written: str, previous: int) -> int:
    """The place of the row after ``previous``; no row stands above one before it."""
    number = max(int(written or 0), previous + 1)
    if number > MAX_ROWS:
        raise Refused(f"A row of the sheet has a number above {MAX_ROWS}.")
    return number


def _check_dimension(head: str) -> None:
    """A sheet that says of itself that it is far too large is believed."""
    if found := _DIMENSION.search(head):
        columns, last = column_number(found[1]) + 1, int(found[2])
        if columns > MAX_COLUMNS or columns * last > MAX_CELLS:
            raise too_large(f"The sheet says that it has {columns} columns and {last} rows.")


def _plain_rows(sheet: IO[bytes], dates: Container[str]) -> Iterator[Row]:
    """Rows in the plain form; raises :class:`_Unusual` at the first that is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    shapes = _Shapes(dates)
    rest, number, begun = "", 0, False
    while piece := sheet.read(PIECE):
        if b"\0" in piece:
            raise _Unusual
        try:
            rest += decoder.decode(piece)
        except UnicodeDecodeError:
            raise _Unusual from None
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
            raise _Unusual
    raise _Unusual


def _after_head(text: str) -> str:
    head, found, rest = text.partition("<sheetData>")
    if not found or not _PROLOGUE.match(head) or "<!" in head:
        raise _Unusual
    _check_dimension(head)
    return rest


def _plain_row(part: str, previous: int, shapes: "_Shapes") -> Row:
    pieces = _VALUES.split(part)
    start = _ROW.match(pieces[0])
    if start is None:
        raise _Unusual
    number, values = start[1] or "", pieces[1::2]
    if not number and ' r="' in part[: part.find(">")]:  # behind other attributes
        raise _Unusual
    shape = shapes.of(part, "\0".join(pieces[::2]).replace(f'{number}"', '"'))
    if len(values) != len(shape):
        raise _Unusual
    if "&" in part or "_x" in part or "\r" in part:
        values = [_text(value) for value in values]
    return Row(_row_number(number, previous), shape, values)


class _Shapes:
    """Shapes of plain rows by what stands around their values, but for the number of the row."""

    def __init__(self, dates: Container[str]) -> None:
        self._known: dict[str, Shape] = {}
        self._dates = dates

    def of(self, part: str, around: str) -> Shape:
        """The shape of the row ``part``; raises :class:`_Unusual`."""
        shape = self._known.get(around)
        if shape is None:
            shape = _plain_shape(part, self._dates)
            if len(self._known) < MAX_SHAPES:
                self._known[around] = shape
        return shape


def _plain_shape(part: str, dates: Container[str]) -> Shape:
    cells = _CELL.findall(part)
    values, texts = part.count("</v>"), part.count("</is>")
    whole, closed = part.count("/>"), part.count("</c>")
    tags = 1 + _TAGS_OF_VALUE * values + _TAGS_OF_TEXT * texts + whole + 2 * (closed - values - texts)
    if whole + closed != len(cells) or part.count("<") != tags:
        raise _Unusual
    return _filled(cells, dates)[0]


def _filled(cells: Sequence[Cell], dates: Container[str]) -> tuple[Shape, list[str]]:
    """The shape of a row of these cells, and what they hold. A formula without a result is not nothing."""
    if len(cells) > MAX_COLUMNS:
        raise too_large(f"A row has more than {MAX_COLUMNS} cells.")
    shape: list[tuple[int, str]] = []
    values: list[str] = []
    place = -1
    for letters, style, written, value, text in cells:
        place = column_number(letters) if letters else place + 1
        kind = DATED if value and style in dates and written in _NUMBERS else written
        if value or text or kind == FORMULA:
            shape.append((place, TEXT if kind == SHARED and not value else kind))
            values.append(value if value and kind == SHARED else text or value)
    return tuple(shape), values


def _text(written: str) -> str:
    if "\r" in written:
        written = written.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in written:
        written = _REFERENCE.sub(_referred, written)
    return unescaped(written)


def _referred(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code not in _CHARACTERS or code in _SURROGATES:
        raise _Unusual
    return chr(code)


class _Parsing:
    """What the parser has of the rows so far."""

    def __init__(self, dates: Container[str]) -> None:
        self.rows: list[Row] = []
        self._dates = dates
        self.characters = 0
        self._number = 0
        self._cells: list[Cell] | None = None
        self._column = self._style = self._kind = ""
        self._value: list[str] = []
        self._runs: list[str] = []
        self._into: list[str] | None = None
        self._phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        match local(name):
            case "row":
                self._number = _row_number(attributes.get("r", ""), self._number)
                self._cells = []
            case "c":
                self._column = attributes.get("r", "").rstrip("0123456789")
                self._style, self._kind = attributes.get("s", ""), attributes.get("t", "")
                self._value, self._runs = [], []
            case "v":
                self._into = self._value
            case "t" if not self._phonetic:
                self._into = []
            case "f":
                self._kind = self._kind or FORMULA
            case "rPh":
                self._phonetic = True
            case "dimension":
                _check_dimension(f'dimension ref="{attributes.get("ref", "")}"')

    def end(self, name: str) -> None:
        match local(name):
            case "t" if self._into is not None:
                self._runs.append(unescaped("".join(self._into)))
                self._into = None
            case "v":
                self._into = None
            case "rPh":
                self._phonetic = False
            case "c" if self._cells is not None:
                value = unescaped("".join(self._value))
                self._cells.append((self._column, self._style, self._kind, value, "".join(self._runs)))
                if len(self._cells) > MAX_COLUMNS:
                    raise too_large(f"A row has more than {MAX_COLUMNS} cells.")
            case "row" if self._cells is not None:
                self.rows.append(Row(self._number, *_filled(self._cells, self._dates)))
                self._cells, self.characters = None, 0

    def text(self, text: str) -> None:
        self.characters += len(text)
        if self.characters > MAX_ROW_CHARACTERS:
            raise too_large("A row of the sheet is too long.")
        if self._into is not None:
            self._into.append(text)


def _parsed_rows(sheet: IO[bytes], dates: Container[str]) -> Iterator[Row]:
    parsing, reading = _Parsing(dates), parser()
    reading.StartElementHandler = parsing.start
    reading.EndElementHandler = parsing.end
    reading.CharacterDataHandler = parsing.text
    fed = Fed(reading)
    more = True
    while more:
        piece = sheet.read(PIECE)
        more = bool(piece)
        fed.parse(piece)
        yield from parsing.rows
        parsing.rows.clear()
