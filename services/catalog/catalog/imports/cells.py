"""Reading cells as people fill them. What cannot be read is an error of its column, never a silent null."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ecatalog.excel import MAX_CHARACTERS, is_cut
from ecatalog.fields import Boolean, DecimalNumber, Field, Integer, Text, invalid
from ecatalog.written.booleans import read_boolean
from ecatalog.written.codes import Spoiled, read_code
from ecatalog.written.days import read_day
from ecatalog.written.numbers import read_number
from ecatalog.written.signs import is_unseen
from pydantic_core import PydanticCustomError

from catalog.columns import Value
from catalog.imports.sheet import BROKEN, DATED

Read = Callable[[str], Any]
"""Makes a field's value of the text of a cell, or None to leave the field as it is.

Raises :class:`Unreadable`, ValueError or ArithmeticError.
"""

Unreadable = PydanticCustomError

BROKEN_CELL = "The cell holds an error: {}"
TOO_LONG = f"The cell holds more than {MAX_CHARACTERS} characters."
HOLDS_A_DATE = "The cell holds a date. Give it the format of a text or of a number, and write the value again."
NO_RESULT = "The cell holds a formula without a result."
SPOILED = "The cell holds only a part of its code. Give it the format of a text, and write the code again."

NUMERIC = frozenset({"", "n", "f", DATED})
"""Types of cells that hold a number, which is shown as a date in the last.

The others hold text, ``b`` a boolean, ``d`` a day and ``e`` an error.
"""

_DAY_MESSAGE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD, DD.MM.YYYY."
_SIGNIFICANT = 15
"""Digits that Excel keeps of a number; those behind are what is left of binary fractions."""

# Other programs write codes of more digits as they are, and the last ones are not to be lost.
_DIGITS = re.compile(r"-?[0-9]+")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

# From 1927 to 2119: a smaller number is more likely a year than a day.
_SERIALS = range(10_000, 80_001)


def reader(value: Value, field: Field, kind: str, *, from_1904: bool) -> Read:
    """What reads the cells of type ``kind`` in a column into ``field``."""
    exactly = _exactly(value, field, kind, from_1904=from_1904)

    def read(text: str) -> Any:
        if is_too_long(text):
            raise Unreadable("contract", TOO_LONG)
        if kind == BROKEN or not text:
            raise Unreadable("contract", BROKEN_CELL.format(text) if text else NO_RESULT)
        if is_unseen(text) or is_cut(text):  # of a text that was cut the whole stands in the row
            return None
        return exactly(text)

    if kind in {BROKEN, DATED, "b"}:
        return read
    if isinstance(field, DecimalNumber):
        return _quick_decimal(field, read)
    if type(field) is Text and value is Value.TEXT and kind not in NUMERIC:
        return _quick_text(field, read)
    return read


def is_too_long(text: str) -> bool:
    """Whether no cell can hold so much: Excel counts in UTF-16."""
    return len(text) > MAX_CHARACTERS // 2 and len(text.encode("utf-16-le", "replace")) > MAX_CHARACTERS * 2


def _quick_text(field: Text, read: Read) -> Read:
    longest = min(field.max_length or MAX_CHARACTERS, MAX_CHARACTERS // 2)

    def read_text(text: str) -> Any:
        stripped = text.strip()
        if 0 < len(stripped) <= longest and "\0" not in stripped and stripped[0].isalnum():
            return stripped
        return read(text)

    return read_text


def _quick_decimal(field: DecimalNumber, read: Read) -> Read:
    is_simple = re.compile(rf"-?[0-9]{{1,{field.digits - field.places}}}(?:\.[0-9]{{1,{field.places}}})?").fullmatch
    return lambda text: text if is_simple(text) else read(text)


def _exactly(value: Value, field: Field, kind: str, *, from_1904: bool) -> Read:
    if value is Value.DAY:
        start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        return lambda text: _day(kind, text, start)
    if kind == DATED:
        return _refuse_date
    if value is Value.BOOLEAN or isinstance(field, Boolean):
        return lambda text: _boolean(kind, text)
    if kind == "b":
        return lambda text: field.clean(_typed_boolean(text, field))
    if isinstance(field, DecimalNumber):
        return lambda text: str(field.clean(_number(kind, text, percent=value is Value.PERCENT)))
    if isinstance(field, Integer):
        return lambda text: field.clean(_integer(kind, text))
    if kind in NUMERIC:
        return lambda text: field.clean(plain_number(text))
    if value is Value.CODE:
        return lambda text: field.clean(_code(text))
    return field.clean


def _refuse_date(_: str) -> Any:
    """Excel makes 1 May of a price of 1.05: what was typed is lost, and the number of that day is not it."""
    raise Unreadable("contract", HOLDS_A_DATE)


def plain_number(text: str) -> str:
    """A number as a person would write it: a code that Excel took for a number gets no exponent and no ``.0``."""
    if _DIGITS.fullmatch(text):
        return text
    number = Decimal(format(float(text), f".{_SIGNIFICANT}g"))
    return format(number.quantize(1) if number == number.to_integral_value() else number.normalize(), "f")


def _number(kind: str, text: str, *, percent: bool = False) -> str:
    """The number in a cell, with a point and nothing between its digits."""
    if kind in NUMERIC:
        return plain_number(text)
    return read_number(text, percent=percent)


def _integer(kind: str, text: str) -> str:
    number = _number(kind, text)
    return number.rstrip("0").rstrip(".") if "." in number else number


def _typed_boolean(text: str, field: Field) -> str:
    """A boolean where none belongs is no number; as a text it is what stands in its cell."""
    if not isinstance(field, Text):
        raise invalid("A valid number is required.")
    return str(_boolean("b", text)).upper()


def _boolean(kind: str, text: str) -> bool:
    if kind == "b" and text in _BOOLEANS:
        return _BOOLEANS[text]
    if kind in NUMERIC:
        return float(text) != 0
    try:
        return read_boolean(text)
    except ValueError:
        raise invalid("Must be a valid boolean.") from None


def _code(text: str) -> str:
    try:
        return read_code(text)
    except Spoiled:
        raise Unreadable("contract", SPOILED) from None


def _day(kind: str, text: str, start: date) -> str | None:
    if kind in NUMERIC:
        text = plain_number(text)
        serial = int(float(text))
        if serial in _SERIALS:
            return (start + timedelta(days=serial)).isoformat()
    try:
        return read_day(text)
    except ValueError:
        raise invalid(_DAY_MESSAGE) from None
