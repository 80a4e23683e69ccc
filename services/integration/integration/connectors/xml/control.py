"""Drops the characters that XML does not allow, which people paste into names and 1C passes on."""

import re

_CONTROL = bytes(code for code in range(32) if code not in (9, 10, 13))
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_NONCHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_REFERENCE = re.compile(rb"&#(?:x0*([0-9a-f]*)|0*([0-9]*));", re.IGNORECASE)
_LONGEST_REFERENCE = 64
_MOST_DIGITS = 7
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class ControlFilter:
    """Drops forbidden characters from XML in UTF-8, raw ones and references (``&#x1;``); ``dropped`` counts them."""

    def __init__(self) -> None:
        self.dropped = 0
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        clean = self._held + piece.translate(None, _CONTROL)
        self.dropped += len(self._held) + len(piece) - len(clean)
        end = _whole(clean)
        clean, self._held = clean[:end], clean[end:]
        return self._without_wide(clean)

    def close(self) -> bytes:
        held, self._held = self._held, b""
        return self._without_wide(held)

    def _without_wide(self, clean: bytes) -> bytes:
        # A single byte is found ten times as fast as two.
        if b"\xed" in clean:
            clean = self._without(_SURROGATE, clean)
        if b"\xef" in clean:
            clean = self._without(_NONCHARACTER, clean)
        return _REFERENCE.sub(self._reference, clean) if b"&" in clean else clean

    def _without(self, pattern: re.Pattern[bytes], clean: bytes) -> bytes:
        clean, count = pattern.subn(b"", clean)
        self.dropped += count
        return clean

    def _reference(self, found: re.Match[bytes]) -> bytes:
        hexadecimal, decimal = found.groups()
        digits = decimal if hexadecimal is None else hexadecimal
        if len(digits) <= _MOST_DIGITS and _is_allowed(int(digits or b"0", 10 if hexadecimal is None else 16)):
            return found.group()
        self.dropped += 1
        return b""


def without_forbidden(text: str) -> tuple[str, int]:
    """Return the text without characters that XML does not allow, and their number."""
    return _FORBIDDEN.subn("", text)


def _is_allowed(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def _whole(clean: bytes) -> int:
    """Find where a letter or a reference begins whose end has not come yet."""
    start = clean.rfind(b"&", -_LONGEST_REFERENCE)
    if start >= 0 and b";" not in clean[start:]:
        return start
    for back in range(1, min(3, len(clean)) + 1):
        if (byte := clean[-back]) >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(clean) - (back if back < length else 0)
        if byte < 0x80:
            break
    return len(clean)
