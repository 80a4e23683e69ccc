"""JSON as phones write it."""

import re
from typing import Any

from ecatalog.core.parsing import parse_json
from ecatalog.fields.types import MAX_NUMBER_LENGTH

MAX_MENDED = 2_000_000
"""Bytes: each text and number of what is mended is looked at by itself."""

# A text, closed or not, is passed over as a whole, and so is a number: each byte is looked at once.
_TOKENS = re.compile(rb'("(?:[^"\\]++|\\.)*+"?)|-?(?:Infinity|NaN|\d[\d.eE+-]*+)', re.DOTALL)
_HALF = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


def parse_points(raw: bytes) -> Any:
    """What ``raw`` says; raises ValueError.

    What JSON does not know, but phones write, spoils one value and not the whole: NaN, Infinity and numbers out of
    every range are texts, half a letter is U+FFFD.
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
    """Whether JSON has such a number; also for what is none, of which the parser shall speak."""
    if len(token) > MAX_NUMBER_LENGTH:
        return False
    try:
        return abs(float(token)) < float("inf")
    except ValueError:
        return True
