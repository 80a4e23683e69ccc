"""Text that is too long to be a value is cut while it arrives: a picture in an unknown field costs nothing."""

import re

LARGEST_VALUE = 300 * 1024  # a row of more than 256 KB is refused, so nothing is lost of a value that could be stored
_HEAD = 4096
_TAG = re.compile(rb"<[^<>\"']*(?:\"[^\"<]*\"[^<>\"']*|'[^'<]*'[^<>\"']*)*>")
_END = re.compile(rb"<|\]\]>|-->|\?>")
_LONGEST_END = 3


class TextCutter:
    """Cuts each text in XML after ``limit`` bytes; ``dropped`` counts the bytes left out. Markup stays whole."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.dropped = 0
        self._length = 0  # since the last "<"
        self._head = b""
        self._held: bytes | None = None  # while a text is left out: what may be the beginning of its end

    def feed(self, piece: bytes) -> bytes:
        if self._held is not None:
            piece = self._rest(self._held + piece)
        last = piece.rfind(b"<")
        if last >= 0:
            self._length, self._head = len(piece) - last, piece[last : last + _HEAD]
        elif piece:
            self._length += len(piece)
            self._head += piece[: _HEAD - len(self._head)]
        if self._held is None and self._length > self.limit and self._is_in_text():
            self._held = b""
        return piece

    def _rest(self, data: bytes) -> bytes:
        """Return what follows the text that is left out."""
        if end := _END.search(data):
            self._held = None
            self.dropped += end.start()
            return data[end.start() :]
        self._held = data[-_LONGEST_END + 1 :]
        self.dropped += len(data) - len(self._held)
        return b""

    def _is_in_text(self) -> bool:
        """Tell text from an attribute: one that long is left to the parser, which refuses it."""
        return self._head.startswith((b"<!", b"<?")) or _TAG.match(self._head) is not None
