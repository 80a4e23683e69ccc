"""Parses JSON that comes from outside."""

import json
from typing import Any

import orjson

# A pattern would take longer than reading does. Within a text, or behind a point, this finds too much at worst.
_DIGITS_ALIKE = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * 19


def parse_json(raw: bytes) -> Any:
    """Parse ``raw``; whole numbers keep all their digits. Raises ValueError."""
    value = orjson.loads(raw)
    if _LONG_NUMBER not in raw.translate(_DIGITS_ALIKE):
        return value
    try:
        return json.loads(raw)  # of numbers above 64 bits orjson makes fractions; all else it has checked
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
