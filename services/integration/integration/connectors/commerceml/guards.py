"""The bounds of what is kept in memory of a file, and of how much may come without a row."""

from lxml import etree

from integration.connectors.errors import Cause, SourceError

MOST_ELEMENTS = 4_000_000  # without a row between them
MOST_ELEMENTS_OF_A_ROW = 200_000
LARGEST_ROW = 16 * 1024 * 1024
MOST_SECTIONS = 1_000


class Guards:
    """Counts what has come since the last row ended, and since the open one began."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._row: etree._Element | None = None
        self._elements = 0
        self._elements_of_row = 0
        self._bytes_of_row = 0

    def check(self, piece: bytes, row: etree._Element | None, *, has_rows: bool) -> None:
        """Count a piece after which ``row`` is open; raises a SourceError beyond a bound."""
        if has_rows:  # what stands behind the last row is less than the piece
            self._elements = self._elements_of_row = self._bytes_of_row = 0
            return
        elements = piece.count(b"<") - piece.count(b"</")
        self._elements += elements
        if row is not self._row:
            self._row, self._elements_of_row, self._bytes_of_row = row, 0, 0
        self._elements_of_row += elements
        self._bytes_of_row += len(piece)
        if row is not None and self._elements_of_row > MOST_ELEMENTS_OF_A_ROW:
            raise self._too_large(f"has a row of more than {MOST_ELEMENTS_OF_A_ROW:,} elements")
        if row is not None and self._bytes_of_row > LARGEST_ROW:
            raise self._too_large(f"has a row of more than {LARGEST_ROW // 2**20} MB")
        if self._elements > MOST_ELEMENTS:
            raise self._too_large(f"has more than {MOST_ELEMENTS:,} elements without a row between them")

    def check_sections(self, count: int) -> None:
        if count > MOST_SECTIONS:
            raise self._too_large(f"has more than {MOST_SECTIONS:,} parts")

    def _too_large(self, what: str) -> SourceError:
        return SourceError(f"{self._document} {what}", Cause.TOO_LARGE)
