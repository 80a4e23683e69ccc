"""What the demonstration says: one line a step, rewritten in place on a terminal while it goes on."""

from typing import TextIO

_LABEL_WIDTH = 18
_CLEAR_LINE = "\r\x1b[K"


class Report:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_line_open = False

    def fact(self, label: str, text: str) -> None:
        """A step that is done."""
        self.line(f"{label.ljust(_LABEL_WIDTH)} {text}")

    def progress(self, label: str, text: str) -> None:
        """How far a step is; only a terminal shows it."""
        if self._is_terminal:
            self._stream.write(f"{_CLEAR_LINE}{label.ljust(_LABEL_WIDTH)} {text}")
            self._stream.flush()
            self._is_line_open = True

    def line(self, text: str) -> None:
        self._stream.write(f"{_CLEAR_LINE if self._is_line_open else ''}{text}\n")
        self._stream.flush()
        self._is_line_open = False
