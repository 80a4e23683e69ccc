"""Limits what is read of a workbook. More than that is refused, whatever the file says of itself."""

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_DIRECTORY_BYTES = 1024 * 1024
"""Of the list of a package's parts: a workbook has a few dozen."""

MAX_PART_BYTES = 4 * 1024 * 1024
"""Of the parts that only say where the sheet is."""

MAX_STYLES_BYTES = 32 * 1024 * 1024
MAX_SHEETS = 100
"""That are looked at for the one with the right headers."""

MAX_SHEET_BYTES = 2 * 1024 * 1024 * 1024
MAX_ROW_CHARACTERS = 8 * 1024 * 1024
MAX_ROW_BYTES = 2 * MAX_ROW_CHARACTERS
MAX_ROW_ELEMENTS = 200_000
"""Of a row and of what stands before it, which a parser keeps in memory."""

MAX_COLUMNS = 1000
"""Of a row that hold something."""

MAX_ROW_CELLS = 16_384
"""Of a row in all, which is as many as Excel knows: programs write cells that only have a colour."""

MAX_CELLS = 20_000_000
"""Of a sheet that hold something."""

MAX_EMPTY_ROWS = 20_000
MAX_SHARED_STRINGS = 2_000_000
MAX_SHARED_CHARACTERS = 64 * 1024 * 1024

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Of the rows of a workbook that is imported within the request, as JSON: cells may share long texts."""

MAX_EXPANDED_CHARACTERS = 2 * 1024 * 1024 * 1024
"""Of the shared texts, each as often as it is shared."""

MAX_MARKUP_BYTES = 1024 * 1024
"""Of a single piece of XML: an element with its attributes, or a comment."""

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
