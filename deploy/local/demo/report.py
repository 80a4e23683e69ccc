"""The demonstration prints one line a step, and on a terminal rewrites it in place while the step runs."""

from typing import TextIO

_LABEL_WIDTH = 18
_CLEAR_LINE = "\r\x1b[K"


class Report:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_line_open = False

    def fact(self, label: str, text: str) -> None:
        """Print a step that is done."""
        self.line(f"{label.ljust(_LABEL_WIDTH)} {text}")

    def progress(self, label: str, text: str) -> None:
        """Print the progress of a step; only a terminal shows it."""
        if self._is_terminal:
            self._stream.write(f"{_CLEAR_LINE}{label.ljust(_LABEL_WIDTH)} {text}")
            self._stream.flush()
            self._is_line_open = True

    def line(self, text: str) -> None:
        self._stream.write(f"{_CLEAR_LINE if self._is_line_open else ''}{text}\n")
        self._stream.flush()
        self._is_line_open = False
