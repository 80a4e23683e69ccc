"""Reading cells as people fill them. What cannot be read is an error of its column, never a silent null."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ecatalog.fields import Boolean, DecimalNumber, Field, Integer, Text, invalid
from pydantic_core import PydanticCustomError

from catalog.columns import Value

Read = Callable[[str, str], Any]
"""Makes a field's value of a cell's type and text, neither of them blank; raises :class:`Unreadable`."""

Unreadable = PydanticCustomError

NUMERIC = frozenset({"", "n", "f"})
"""Types of cells that hold a number. The others hold text, ``b`` a boolean, ``d`` a day and ``e`` an error."""

TRUE = frozenset(
    ["1", "true", "t", "yes", "y", "on", "active", "ha", "ҳа", "faol", "фаол", "да", "истина", "активен", "активный"]
)
FALSE = frozenset(
    ["0", "false", "f", "no", "n", "off", "inactive", "yoq", "йўқ", "нет", "ложь", "неактивен", "неактивный"]
)

_APOSTROPHES = re.compile("['`´‘’ʻʼ]")
_SPACE = r"[\s\u00a0\u2007\u2009\u202f'’]"
_GROUPED = re.compile(rf"[+-]?\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:[.,]\d+)?")
_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}")
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}")
_DAY_FORMS = (
    re.compile(r"(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?"),
    re.compile(r"(?P<d>\d{1,2})[-./](?P<m>\d{1,2})[-./](?P<y>\d{4})(?: 0?0:00(?::00)?)?"),
)
_DAY_MESSAGE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD, DD.MM.YYYY."
MAX_CHARACTERS = 32_767
"""Of a cell."""

_SIGNIFICANT = 15
"""Digits that Excel keeps of a number; those behind are what is left of binary fractions."""

# From 1927 to 2119: a smaller number is more likely a year than a day.
_SERIALS = range(10_000, 80_001)


def reader(value: Value, field: Field, *, from_1904: bool) -> Read:
    """What reads the cells of a column of this kind into ``field``."""
    if value is Value.DAY:
        start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        return lambda kind, text: _day(kind, text, start)
    if value is Value.BOOLEAN or isinstance(field, Boolean):
        return _boolean
    if isinstance(field, DecimalNumber):
        return _decimal(field)
    if isinstance(field, Integer):
        return lambda kind, text: field.clean(_integer(kind, text))
    return _text(field)


def _text(field: Field) -> Read:
    longest = (field.max_length or MAX_CHARACTERS) if type(field) is Text else -1

    def read(kind: str, text: str) -> Any:
        if kind in NUMERIC:
            text = plain_number(text)
        text = text.strip()
        if len(text) <= longest and "\0" not in text:  # nearly always, and quicker than asking the field
            return text
        return field.clean(text)

    return read


def plain_number(text: str) -> str:
    """A number as a person would write it: a code that Excel took for a number gets no exponent and no ``.0``."""
    if text.isdigit() and len(text) <= _SIGNIFICANT:
        return text
    number = Decimal(format(float(text), f".{_SIGNIFICANT}g"))
    return format(number.quantize(1) if number == number.to_integral_value() else number.normalize(), "f")


def _decimal(field: DecimalNumber) -> Read:
    simple = re.compile(rf"-?\d{{1,{field.digits - field.places}}}(?:\.\d{{1,{field.places}}})?")

    def read(kind: str, text: str) -> Any:
        if simple.fullmatch(text):
            return text
        return str(field.clean(_number(kind, text)))

    return read


def _number(kind: str, text: str) -> str:
    """The number in a cell, with a point and nothing between its digits."""
    if kind in NUMERIC:
        return plain_number(text)
    text = text.strip()
    if _GROUPED.fullmatch(text):
        return re.sub(_SPACE, "", text).replace(",", ".")
    if _COMMAS.fullmatch(text):
        return text.replace(",", "")
    if _POINTS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _integer(kind: str, text: str) -> str:
    number = _number(kind, text)
    return number.rstrip("0").rstrip(".") if "." in number else number


def _boolean(kind: str, text: str) -> bool:
    if kind == "b":
        return text == "1"
    if kind in NUMERIC:
        return float(text) != 0
    word = _APOSTROPHES.sub("", text).strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise invalid("Must be a valid boolean.")


def _day(kind: str, text: str, start: date) -> str:
    if kind in NUMERIC:
        serial = float(text)
        if int(serial) not in _SERIALS:
            raise invalid(_DAY_MESSAGE)
        return (start + timedelta(days=int(serial))).isoformat()
    for form in _DAY_FORMS:
        if found := form.fullmatch(text.strip()):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
            except ValueError:
                break
    raise invalid(_DAY_MESSAGE)
