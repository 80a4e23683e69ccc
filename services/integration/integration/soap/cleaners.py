"""From the text of one element to the value of one column. A cleaner gets trimmed, non-empty text and returns
something that JSON can hold; None says that the source means "no value"."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

import orjson

Cleaner = Callable[[str], Any]

T = TypeVar("T")

SHOWN = 40  # how much of a bad value is repeated in the reason


class BadValue(ValueError):
    """The text cannot be stored; its message completes a sentence that begins with the field's name."""


_SPACES = {ord(space): None for space in " \u00a0\u202f"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_LONGEST_NUMBER = 100

_BOOLEANS = {
    **dict.fromkeys(("true", "1", "да", "истина", "yes", "on", "ha"), True),
    **dict.fromkeys(("false", "0", "нет", "ложь", "no", "off", "yo'q"), False),
}

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII)
_RUSSIAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: .*)?", re.ASCII)
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?", re.ASCII)


def text(limit: int) -> Cleaner:
    def clean(value: str) -> str:
        if len(value) > limit:
            raise BadValue(f"is {len(value)} characters long, at most {limit} fit")
        return value

    return clean


def long_text(value: str) -> str:
    return value


def decimal(digits: int, places: int) -> Cleaner:
    """Text of a number as PostgreSQL's numeric(digits, places) takes it: rounded half up, never overflowing."""
    whole_digits = digits - places
    step = Decimal(1).scaleb(-places)
    largest = Decimal(10) ** whole_digits - step

    def clean(value: str) -> str:
        whole, point, fraction = value.partition(".")
        if (
            whole.isdecimal()
            and len(whole) <= whole_digits
            and (fraction.isdecimal() and len(fraction) <= places if point else True)
            and value.isascii()
        ):
            return value
        number = _number(value)
        if number.adjusted() < whole_digits:
            number = number.quantize(step, ROUND_HALF_UP)
        if number.adjusted() >= whole_digits:
            raise BadValue(f"{_shown(value)} is too large, at most {largest} fits")
        return format(number, "f")

    return clean


def integer(value: str) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise BadValue(f"{_shown(value)} is not a whole number")
    if not -(2**31) <= number < 2**31:
        raise BadValue(f"{_shown(value)} is too large")
    return int(number)


def boolean(value: str) -> bool:
    known = _BOOLEANS.get(value)
    if known is None:
        known = _BOOLEANS.get(value.casefold())
    if known is None:
        raise BadValue(f"{_shown(value)} is neither true nor false")
    return known


def inverted(value: str) -> bool:
    return not boolean(value)


def day(value: str) -> str | None:
    """YYYY-MM-DD. The year 1 is how 1C writes an empty date."""
    if found := _ISO_DATE.fullmatch(value) or _PACKED_DATE.fullmatch(value):
        year, month, dayofmonth = found.groups()
    elif found := _RUSSIAN_DATE.fullmatch(value):
        dayofmonth, month, year = found.groups()
    else:
        raise BadValue(f"{_shown(value)} is not a date")
    if int(year) == 1:
        return None
    try:
        return date(int(year), int(month), int(dayofmonth)).isoformat()
    except ValueError:
        raise BadValue(f"{_shown(value)} is not a date") from None


def json_list(value: str) -> list[Any]:
    """A JSON list; plain text is taken as a list separated by commas, as people type tags."""
    if value.startswith("["):
        return _json(value, list)
    return [part for piece in value.split(",") if (part := piece.strip())]


def json_object(value: str) -> dict[str, Any]:
    return _json(value, dict)


def _json(value: str, kind: type[T]) -> T:
    try:
        parsed = orjson.loads(value)
        orjson.dumps(parsed)  # it reads what is nested deeper than it writes
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        parsed = None
    if not isinstance(parsed, kind) or "\\u0000" in value:  # PostgreSQL's jsonb cannot hold U+0000
        raise BadValue(f"{_shown(value)} is not a JSON {'list' if kind is list else 'object'}")
    return parsed


def _number(value: str) -> Decimal:
    plain = value.translate(_SPACES).replace(",", ".", 1)
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise BadValue(f"{_shown(value)} is not a number")
    return Decimal(plain)


def _shown(value: str) -> str:
    return f'"{value[:SHOWN]}…"' if len(value) > SHOWN else f'"{value}"'
