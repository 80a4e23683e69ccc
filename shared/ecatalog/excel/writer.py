"""Writes workbooks of one sheet as a stream: the sheet's XML is deflated while its rows are still being read."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from ecatalog.entities.sheet import CellType
from ecatalog.excel.zip_writer import ZipWriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_ROWS = 1_048_576
"""A sheet has at most this many rows, with its headers."""

MAX_CHARACTERS = 32_767
"""A cell has at most this many UTF-16 units: more makes the file unreadable. A longer text ends with ``CUT``."""

CUT = "…"

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name={{name}} sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>"
)

_NUMBER = b"#"
_T = b'<t xml:space="preserve">'


# The XML of a cell after its position. Text stands in the cell itself, and is never taken for a formula.
_CELLS = {
    CellType.TEXT: b' t="inlineStr"><is>' + _T + b"%b</t></is></c>",
    CellType.NUMBER: b"><v>%b</v></c>",
    CellType.BOOLEAN: b' t="b"><v>%b</v></c>',
}
_EMPTY = (b"><is>" + _T + b"</t></is></c>", b"><v></v></c>")
# What XML cannot hold. Tab and line feed it can; a bare carriage return a reader would turn into a line feed.
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\0\t\n\r")
_ESCAPES = (
    (b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b"\r", b"&#13;"),
    ("\ufffe".encode(), b""), ("\uffff".encode(), b""),
)  # fmt: skip
# Excel takes _x0041_ for an A, some readers do not. In two pieces it is for all of them what it is.
_LOOKS_ESCAPED = re.compile(rb"_x(?=[0-9A-Fa-f]{4}_)")
_TEXT_THAT_LOOKS_ESCAPED = re.compile(rb"<is>(<t[^>]*>[^<]*_x[0-9A-Fa-f]{4}_[^<]*</t>)</is>")


class Workbook:
    """Writes a workbook of one sheet. Its methods return the bytes to send next, and take time: call them in a thread.

    ``rows``, where it is known, is how many will stand below the headers: some readers ask for that first, and look
    through the whole sheet for it when it is missing.
    """

    def __init__(self, sheet: str, headers: Sequence[str], kinds: Sequence[CellType], rows: int | None = None) -> None:
        self._sheet = sheet
        self._headers = headers
        corner = f"{_letters(len(headers))}{(rows or 0) + 1}"
        self._size = "" if rows is None else f'<dimension ref="A1:{corner}"/>'
        self._row = _row(kinds)
        self._width = len(kinds)
        self._last = 1
        self._zip = ZipWriter()

    def begin(self) -> bytes:
        """Return everything before the rows, and the row of headers."""
        parts = _PARTS | {"xl/workbook.xml": _WORKBOOK.format(name=quoteattr(self._sheet))}
        written = [self._zip.whole(name, (_XML + content).encode()) for name, content in parts.items()]
        widths = "".join(
            f'<col min="{place}" max="{place}" width="{column_width(header)}" customWidth="1"/>'
            for place, header in enumerate(self._headers, 1)
        )
        written.append(self._zip.begin("xl/worksheets/sheet1.xml"))
        start = f'{_XML}<worksheet xmlns="{_MAIN}">{self._size}<cols>{widths}</cols><sheetData>'
        headers = _row([CellType.TEXT] * self._width).replace(_NUMBER, b"1")
        written.append(self._zip.write(start.encode() + _rendered(headers, self._headers)))
        return b"".join(written)

    def rows(self, cells: Sequence[str]) -> bytes:
        """Write whole rows: a cell is a text, a number in digits, ``0`` or ``1`` for a boolean, or ``""`` for none."""
        first, self._last = self._last + 1, self._last + len(cells) // self._width
        rows = [self._row.replace(_NUMBER, b"%d" % number) for number in range(first, self._last + 1)]
        return self._zip.write(_rendered(b"".join(rows), cells))

    def end(self) -> bytes:
        return self._zip.write(b"</sheetData></worksheet>") + self._zip.end() + self._zip.finish()


async def written(workbook: Workbook, batches: AsyncIterator[Sequence[str]]) -> AsyncIterator[bytes]:
    """Give the workbook as a stream of bytes. While a batch is written the next is already fetched."""
    writing = _in_thread(workbook.begin)
    try:
        async for cells in batches:
            piece = await writing
            writing = _in_thread(workbook.rows, cells)
            if piece:
                yield piece
        yield await writing
        writing = _in_thread(workbook.end)
        yield await writing
    finally:
        writing.cancel()


def column_width(header: str) -> int:
    """Return the number of characters that a column shows."""
    return max(15, len(header) + 5)


def cell_text(text: str) -> str:
    """Return what a cell can hold of a text: its start, when it is too long, and only characters that XML allows."""
    cleaned = _fitting(text).encode(errors="replace").translate(None, _CONTROLS + b"\0").decode()
    return cleaned.replace("\ufffe", "").replace("\uffff", "")


def is_cut(text: str) -> bool:
    """Return whether a cell holds only the start of a text, because the whole did not fit."""
    return text.endswith(CUT) and len(text.encode("utf-16-le", "replace")) >= (MAX_CHARACTERS - 1) * 2


def _in_thread(*work: Any) -> "asyncio.Future[bytes]":
    return asyncio.get_running_loop().run_in_executor(None, *work)


def _letters(place: int) -> str:
    """Return the name of a column, counted from 1: A, …, Z, AA, …"""
    letters = ""
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _row(kinds: Sequence[CellType]) -> bytes:
    """Return the form of a row, in which ``_NUMBER`` stands for its number."""
    cells = [
        b'<c r="%b%b"%b' % (_letters(place).encode(), _NUMBER, _CELLS[kind]) for place, kind in enumerate(kinds, 1)
    ]
    return b'<row r="%b">%b</row>' % (_NUMBER, b"".join(cells))


def _rendered(form: bytes, cells: Sequence[str]) -> bytes:
    """Return the XML of rows. All cells are cleaned and put into ``form`` at once: one by one is ten times slower."""
    text = _joined(cells).encode(errors="replace").translate(None, _CONTROLS)
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    xml = form % tuple(text.split(b"\0"))
    for empty in _EMPTY:
        *before, rest = xml.split(empty)
        xml = b"".join([piece[: piece.rindex(b"<c ")] for piece in before]) + rest
    if _LOOKS_ESCAPED.search(xml):
        xml = _TEXT_THAT_LOOKS_ESCAPED.sub(_in_pieces, xml)
    return xml


def _joined(cells: Sequence[str]) -> str:
    """Return the cells with a NUL between them."""
    if max(map(len, cells)) > MAX_CHARACTERS // 2:
        cells = [_fitting(cell) for cell in cells]
    text = "\0".join(cells)
    if text.count("\0") >= len(cells):
        return "\0".join(cell.replace("\0", "") for cell in cells)
    return text


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le", "replace")
    if len(units) <= MAX_CHARACTERS * 2:
        return text
    return units[: (MAX_CHARACTERS - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _in_pieces(found: re.Match[bytes]) -> bytes:
    return b"<is><r>" + _LOOKS_ESCAPED.sub(b"_x</t></r><r>" + _T, found[1]) + b"</r></is>"
