"""JSON that comes from outside."""

import json
import re
from typing import Any

import orjson

# Where a number may stand: within a text this finds too much at worst.
_LONG_NUMBER = re.compile(rb"(?:^|[:\[,])\s*-?[0-9]{19}")


def parse_json(raw: bytes) -> Any:
    """What ``raw`` says; whole numbers keep all their digits. Raises ValueError."""
    value = orjson.loads(raw)
    if _LONG_NUMBER.search(raw) is None:
        return value
    try:
        return json.loads(raw)  # of numbers above 64 bits orjson makes fractions; all else it has checked
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
