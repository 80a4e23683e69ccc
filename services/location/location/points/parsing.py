"""JSON is read as phones write it."""

import re
from typing import Any

from ecatalog.core.parsing import parse_json
from ecatalog.fields.types import MAX_NUMBER_LENGTH

MAX_MENDED = 2_000_000
"""Bytes; a longer body is not mended, because each of its texts and numbers is looked at."""

# A text, closed or not, matches as a whole, and so does a number: each byte is looked at once.
_TOKENS = re.compile(rb'("(?:[^"\\]++|\\.)*+"?)|-?(?:Infinity|NaN|\d[\d.eE+-]*+)', re.DOTALL)
_HALF = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


def parse_points(raw: bytes) -> Any:
    """Parse ``raw``; raises ValueError.

    Values that JSON does not know, but phones write, spoil nothing else: NaN, Infinity and numbers out of every range
    become texts, half a letter becomes U+FFFD.
    """
    try:
        return parse_json(raw)
    except ValueError as error:
        if len(raw) > MAX_MENDED:
            raise
        try:
            return parse_json(_TOKENS.sub(_mended, raw.decode(errors="replace").encode()))
        except ValueError:
            raise error from None


def _mended(found: re.Match[bytes]) -> bytes:
    token = found[0]
    if found[1] is not None:
        return _HALF.sub(lambda half: rb"\ufffd" if half[1] else half[0], token) if b"\\u" in token else token
    return token if _is_number(token) else b'"' + token + b'"'


def _is_number(token: bytes) -> bool:
    """Return whether JSON has such a number. A token that is none is left for the parser to refuse."""
    if len(token) > MAX_NUMBER_LENGTH:
        return False
    try:
        return abs(float(token)) < float("inf")
    except ValueError:
        return True
