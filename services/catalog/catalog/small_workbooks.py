"""Writes workbooks to fill in or to mend by openpyxl. Whole lists, where speed counts, are ``ecatalog.excel``'s."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from threading import Lock
from typing import Any

from ecatalog.excel.writer import cell_text, column_width

PIECE = 256 * 1024

WorkbookRow = Sequence[str | bool]
"""Its cells, of which an empty text is none."""

# Excel takes _x0041_ for an A, some readers do not. In two pieces it is for all of them what it is.
_LOOKS_ESCAPED = re.compile(r"(?<=_x)(?=[0-9A-Fa-f]{4}_)")


class _SmallWorkbook:
    """Writes a workbook of one sheet. Its methods take time, each call after the other: call them in a thread."""

    def __init__(self, sheet: str, headers: Sequence[str]) -> None:
        # Few processes ever need it, and it takes 0.2 s and 23 MB.
        from openpyxl import Workbook  # type: ignore[import-untyped]  # it has no types
        from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
        from openpyxl.cell.rich_text import CellRichText  # type: ignore[import-untyped]
        from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

        self._lock = Lock()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - discard closes it
        self._cell, self._pieces = WriteOnlyCell, CellRichText
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(sheet)
        for place, header in enumerate(headers, 1):
            self._sheet.column_dimensions[get_column_letter(place)].width = column_width(header)
        self._is_saved = False
        self.add([headers])

    def add(self, rows: Iterable[WorkbookRow]) -> None:
        """Write rows below those that are there."""
        with self._lock:
            for row in rows:
                self._sheet.append([self._written(value) for value in row])

    def save(self) -> None:
        """End the workbook, which is then read from its start."""
        with self._lock:
            self._book.save(self._file)
            self._is_saved = True
            self._file.seek(0)

    def read(self) -> bytes:
        """Return the next bytes of the workbook, nothing at its end."""
        with self._lock:
            return self._file.read(PIECE)

    def discard(self) -> None:
        """Remove what is left on the disk, when what runs in another thread has ended."""
        with self._lock:
            self._file.close()
            if not self._is_saved:
                self._sheet.close()
                self._sheet._writer.cleanup()  # openpyxl keeps the rows of a sheet in a file until it is saved

    def _written(self, value: str | bool) -> Any:
        """Return what openpyxl writes of a value: a text stays one, also where it looks like a formula or an error."""
        if value == "":
            return None
        if isinstance(value, bool):
            return value
        pieces = _LOOKS_ESCAPED.split(cell_text(value))
        cell = self._cell(self._sheet, value=self._pieces(pieces) if len(pieces) > 1 else pieces[0])
        cell.data_type = "s"
        return cell


async def written(
    sheet: str, headers: Sequence[str], batches: AsyncIterator[Sequence[WorkbookRow]]
) -> AsyncIterator[bytes]:
    """Give the workbook as a stream of bytes, which starts when all of its rows are there."""
    book = await asyncio.to_thread(_SmallWorkbook, sheet, headers)
    try:
        async for rows in batches:
            await asyncio.to_thread(book.add, rows)
        await asyncio.to_thread(book.save)
        while piece := await asyncio.to_thread(book.read):
            yield piece
    finally:
        asyncio.get_running_loop().run_in_executor(None, book.discard)  # a client that has gone lets nobody await
