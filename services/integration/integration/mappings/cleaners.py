"""Cleaners turn the trimmed text of a field into a value for JSON; None says that the source means "no value"."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

import orjson
from ecatalog.fields.codes import why_unreachable
from ecatalog.fields.written.booleans import read_boolean
from ecatalog.fields.written.codes import Spoiled, read_code
from ecatalog.fields.written.days import read_day
from ecatalog.fields.written.numbers import read_number

Cleaner = Callable[[str], Any]

T = TypeVar("T")

_USUAL = {"true": True, "false": False}  # how 1C writes nearly all of them

LONGEST_KEY = 255
SHOWN = 40  # how much of a bad value is repeated in the reason


class BadValue(ValueError):
    """The text cannot be stored; its message completes a sentence that begins with the field's name."""


class Nothing(Exception):
    """No error: the text says nothing after all, and its column is left alone."""


def text(limit: int) -> Cleaner:
    def clean(value: str) -> str:
        if len(value) > limit:
            raise BadValue(f"is {len(value)} characters long, at most {limit} fit")
        return value

    return clean


def code(limit: int) -> Cleaner:
    """Clean text that tells one thing from others."""
    fits = text(limit)

    def clean(value: str) -> str | None:
        if len(value) <= limit and value.isascii() and "+" not in value and "#" not in value:
            return value
        try:
            return fits(read_code(value)) or None
        except Spoiled:
            raise BadValue(f"{shown(value)} is only what a spreadsheet has left of a code") from None

    return clean


def row_code(limit: int) -> Cleaner:
    """Clean the code by which clients ask for the row."""
    plain = code(limit)

    def clean(value: str) -> str | None:
        found: str | None = plain(value)
        if reason := why_unreachable(found or ""):
            raise BadValue(f"{shown(value)} {reason}")
        return found

    return clean


def long_text(value: str) -> str:
    return value


def decimal(digits: int, places: int, *, percent: bool = False) -> Cleaner:
    """Round half up to what PostgreSQL's numeric(digits, places) takes; ``percent`` allows a percent sign behind it."""
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
        number = _number(value, percent=percent)
        if number.adjusted() < whole_digits:
            number = number.quantize(step, ROUND_HALF_UP)
        if number.adjusted() >= whole_digits:
            raise BadValue(f"{shown(value)} is too large, at most {largest} fits")
        return format(number, "f")

    return clean


def integer(value: str) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise BadValue(f"{shown(value)} is not a whole number")
    if not -(2**31) <= number < 2**31:
        raise BadValue(f"{shown(value)} is too large")
    return int(number)


def boolean(value: str) -> bool:
    known = _USUAL.get(value)
    if known is not None:
        return known
    try:
        return read_boolean(value)
    except ValueError:
        raise BadValue(f"{shown(value)} is neither true nor false") from None


def inverted(value: str) -> bool:
    return not boolean(value)


def day(value: str) -> str | None:
    """Return YYYY-MM-DD, or None for 1C's empty date."""
    try:
        return read_day(value)
    except ValueError:
        raise BadValue(f"{shown(value)} is not a date") from None


def source_key(value: str) -> str:
    """Return a reference as keys are written: the same guid comes in small and in capital letters."""
    if len(value) > LONGEST_KEY:
        raise BadValue(f"is {len(value)} characters long, at most {LONGEST_KEY} fit")
    return value.lower()


def json_list(value: str) -> list[Any]:
    """Return a JSON list; plain text is read as a list separated by commas, as people type tags."""
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
        raise BadValue(f"{shown(value)} is not a JSON {'list' if kind is list else 'object'}")
    return parsed


def _number(value: str, *, percent: bool = False) -> Decimal:
    try:
        return Decimal(read_number(value, percent=percent))
    except ValueError:
        raise BadValue(f"{shown(value)} is not a number") from None


def shown(value: str) -> str:
    return f'"{value[:SHOWN]}…"' if len(value) > SHOWN else f'"{value}"'
