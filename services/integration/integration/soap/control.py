"""Dropping the characters that XML does not allow, which people paste into names and 1C passes on."""

import re

_CONTROL = bytes(code for code in range(32) if code not in (9, 10, 13))
_REFERENCE = re.compile(rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE)
_LONGEST_REFERENCE = 12


class ControlFilter:
    """Fed with a stream of XML in UTF-8 or a one-byte encoding, in any pieces; `dropped` counts the characters.
    Both the raw characters and references to them (`&#x1;`) go."""

    def __init__(self) -> None:
        self.dropped = 0
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        clean = self._held + piece.translate(None, _CONTROL)
        self.dropped += len(self._held) + len(piece) - len(clean)
        self._held = b""
        if b"&#" in clean:
            clean, count = _REFERENCE.subn(b"", clean)
            self.dropped += count
        start = clean.rfind(b"&", -_LONGEST_REFERENCE)
        if start >= 0 and b";" not in clean[start:]:  # perhaps the first half of a reference
            self._held = clean[start:]
            return clean[:start]
        return clean

    def close(self) -> bytes:
        held, self._held = self._held, b""
        return held
