"""Chooses a sheet of a workbook: the visible one with the right headers, wherever it stands, open or not."""

from collections.abc import Callable, Iterator

from ecatalog.entities.sheet import SheetLayout
from ecatalog.fields.written.signs import seen

from catalog.imports.reader.limits import FileRejected
from catalog.imports.reader.package import BROKEN, Book, Sheet
from catalog.imports.reader.places import SheetRow
from catalog.imports.reader.sheet import SHARED
from catalog.imports.reader.texts import SharedTexts

SHOWN = 255
"""The answer repeats at most this many characters of a wrong header."""

Open = Callable[[Sheet], Iterator[SheetRow]]


class WrongHeaders(Exception):
    """Is raised when the first row is not the layout's."""

    def __init__(self, received: list[str]) -> None:
        super().__init__(received)
        self.received = received


class Choice:
    """Chooses among the sheets of a book."""

    def __init__(self, book: Book, layout: SheetLayout, texts: SharedTexts, open_sheet: Open) -> None:
        self._book = book
        self._layout = layout
        self._texts = texts
        self._open = open_sheet
        self._unreadable: dict[str, Exception] = {}

    def sheet(self, is_empty: Callable[[Iterator[SheetRow]], bool]) -> Sheet:
        """Return the sheet whose headers fit; of several the one with rows, or else with the layout's name.

        Raises :class:`WrongHeaders`, or refuses to guess.
        """
        fitting = [one for one in self._book.sheets if self._fits(one)]
        if not fitting:
            self._refuse()
        if len(fitting) > 1:
            fitting = [one for one in fitting if not is_empty(self._open(one))] or fitting[:1]
        if len(fitting) > 1:
            fitting = [one for one in fitting if self._is_named(one)] or fitting
        if len(fitting) > 1:
            names = ", ".join(one.name for one in fitting)
            raise FileRejected(
                f"Several sheets have these headers: {names}. Hide all but one, and save the file again."
            )
        return fitting[0]

    def _fits(self, sheet: Sheet) -> bool:
        """Return whether the headers fit; the error of an unreadable sheet is kept, in case it was meant."""
        try:
            headers = self._headers(sheet)
        except (*BROKEN, IndexError, FileRejected) as error:
            self._unreadable[sheet.name] = error
            return False
        return [header.lower() for header in headers] == list(self._layout.headers)

    def _refuse(self) -> None:
        """Raise the error of the sheet that was most likely meant."""
        meant = next((one for one in self._book.sheets if self._is_named(one)), self._book.active)
        if error := self._unreadable.get(meant.name):
            raise error
        raise WrongHeaders([header[:SHOWN] for header in self._headers(meant)])

    def _is_named(self, sheet: Sheet) -> bool:
        return sheet.name.casefold() == self._layout.sheet.casefold()

    def _headers(self, sheet: Sheet) -> list[str]:
        found = [""] * len(self._layout.headers)
        row = next(self._open(sheet), None)
        if row is not None and row.number == 1:
            for (column, kind), text in zip(row.shape, row.values, strict=True):
                if column < len(found):
                    found[column] = seen(self._texts[int(text)] if kind == SHARED else text)
        return found
