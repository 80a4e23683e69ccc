"""Limits what is read of a workbook. More than that is refused, whatever the file says of itself."""

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_DIRECTORY_BYTES = 1024 * 1024
"""The list of a package's parts has at most this many bytes: a workbook has a few dozen parts."""

MAX_PART_BYTES = 4 * 1024 * 1024
"""Each part that only says where the sheet is has at most this many bytes."""

MAX_STYLES_BYTES = 32 * 1024 * 1024
MAX_SHEETS = 100
"""At most this many sheets are searched for the one with the right headers."""

MAX_SHEET_BYTES = 2 * 1024 * 1024 * 1024
MAX_ROW_CHARACTERS = 8 * 1024 * 1024
MAX_ROW_BYTES = 2 * MAX_ROW_CHARACTERS
MAX_ROW_ELEMENTS = 200_000
"""A row, with what stands before it, has at most this many elements: a parser keeps them in memory."""

MAX_COLUMNS = 1000
"""A row has at most this many cells that hold something."""

MAX_ROW_CELLS = 16_384
"""A row has at most this many cells in all, as in Excel: programs write cells that only have a colour."""

MAX_CELLS = 20_000_000
"""A sheet has at most this many cells that hold something."""

MAX_EMPTY_ROWS = 20_000
MAX_SHARED_STRINGS = 2_000_000
MAX_SHARED_CHARACTERS = 64 * 1024 * 1024

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""The rows of a workbook that is imported within the request may take this much as JSON: cells share long texts."""

MAX_EXPANDED_CHARACTERS = 2 * 1024 * 1024 * 1024
"""The shared texts have at most this many characters, each counted as often as a cell uses it."""

MAX_MARKUP_BYTES = 1024 * 1024
"""A single piece of XML, an element with its attributes or a comment, has at most this many bytes."""

UNREADABLE = "XLSX faylni o'qib bo'lmadi"


class FileRejected(Exception):
    """Is raised for a workbook that is not read, with the status of the answer and the reason."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def too_large(what: str) -> FileRejected:
    """Return the refusal, with 413, of a file that holds more than is read."""
    return FileRejected(what, 413)
