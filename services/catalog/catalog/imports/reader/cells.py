"""Reads cells as people fill them. An unreadable cell is an error of its column, never a silent null."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ecatalog.entities.sheet import Value
from ecatalog.excel.writer import MAX_CHARACTERS, is_cut
from ecatalog.fields.codes import why_unreachable
from ecatalog.fields.types import Boolean, DecimalNumber, FieldType, Integer, Text, invalid
from ecatalog.fields.written.booleans import read_boolean
from ecatalog.fields.written.codes import Spoiled, read_code
from ecatalog.fields.written.days import read_day
from ecatalog.fields.written.numbers import read_number
from ecatalog.fields.written.signs import is_unseen
from pydantic_core import PydanticCustomError

from catalog.imports.reader.formats import Format, NotShown, known_format
from catalog.imports.reader.numbers import all_digits, is_number, plain_number
from catalog.imports.reader.sheet import BROKEN, FORMULA, TEXT
from catalog.imports.reader.shown import first_day
from catalog.imports.reader.styles import DATED, SHOWN

Read = Callable[[str], Any]
"""Turns the text of a cell into a field's value, or None to leave the field as it is.

Raises :class:`Unreadable`, ValueError or ArithmeticError.
"""

Unreadable = PydanticCustomError

BROKEN_CELL = "The cell holds an error: {}"
TOO_LONG = f"The cell holds more than {MAX_CHARACTERS} characters."
HOLDS_A_DATE = "The cell holds a date. Give it the format of a text or of a number, and write the value again."
NO_RESULT = "The cell holds a formula without a result."
NOT_SHOWN = 'The cell shows another number than it holds, by its format "{}". Write as a text what is meant.'
SPOILED = "The cell holds only a part of its code. Give it the format of a text, and write the code again."

_DAY_MESSAGE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD, DD.MM.YYYY."
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

# From 1927 to 2119: a smaller number is more likely a year than a day.
_SERIALS = range(10_000, 80_001)
_DIGITS_OF_A_SERIAL = 5


def reader(value: Value, field: FieldType, kind: str, *, from_1904: bool) -> Read:
    """Return the function that reads the cells of type ``kind`` in a column into ``field``."""
    if kind.startswith(SHOWN):
        return _shown(value, field, known_format(kind.removeprefix(SHOWN)), from_1904=from_1904)
    exactly = _exactly(value, field, kind, from_1904=from_1904)

    def read(text: str) -> Any:
        if is_too_long(text):
            raise Unreadable("contract", TOO_LONG)
        if kind == BROKEN:
            raise Unreadable("contract", BROKEN_CELL.format(text))
        if kind == FORMULA and not text:
            raise Unreadable("contract", NO_RESULT)
        if is_unseen(text) or is_cut(text):  # of a text that was cut the whole stands in the row
            return None
        return exactly(text)

    if value is Value.DAY and is_number(kind):
        return _quick_day(first_day(from_1904=from_1904), read)
    if kind in {BROKEN, DATED, "b"}:
        return read
    if isinstance(field, DecimalNumber):
        return _quick_decimal(field, read)
    if type(field) is Text and value is Value.TEXT and not is_number(kind):
        return _quick_text(field, read)
    if value is Value.CODE and isinstance(field, Text) and not is_number(kind):
        return _quick_code(field, read)
    return read


def _shown(value: Value, field: FieldType, form: Format, *, from_1904: bool) -> Read:
    """Return the function that reads numbers with a format: as the number or the text that a person sees."""
    as_number = reader(value, field, "n", from_1904=from_1904)
    as_text = reader(value, field, TEXT, from_1904=from_1904)

    def read_text(text: str) -> Any:
        return as_text(form.text(all_digits(text)))

    def read_number(text: str) -> Any:
        return as_number(form.number(plain_number(text), percent=value is Value.PERCENT))

    def read_day(text: str) -> Any:
        return as_number(text) if int(float(text)) in _SERIALS else read_text(text)

    if form.keeps_numbers and value in {Value.INTEGER, Value.DECIMAL, Value.PERCENT}:
        return as_number
    reads = {Value.BOOLEAN: as_number, Value.DAY: read_day, Value.TEXT: read_text, Value.CODE: read_text}
    read = reads.get(value, read_number)

    def read_shown(text: str) -> Any:
        try:
            return read(text) if not text.isspace() else None
        except NotShown:
            raise invalid(NOT_SHOWN.format(form.code)) from None

    return read_shown


def is_too_long(text: str) -> bool:
    """Return whether a text is longer than a cell can hold: Excel counts in UTF-16."""
    return len(text) > MAX_CHARACTERS // 2 and len(text.encode("utf-16-le", "replace")) > MAX_CHARACTERS * 2


def _quick_text(field: Text, read: Read) -> Read:
    longest = min(field.max_length or MAX_CHARACTERS, MAX_CHARACTERS // 2)

    def read_text(text: str) -> Any:
        stripped = text.strip()
        if 0 < len(stripped) <= longest and "\0" not in stripped and stripped[0].isalnum():
            return stripped
        return read(text)

    return read_text


def _quick_day(start: date, read: Read) -> Read:
    def read_serial(text: str) -> Any:
        if len(text) == _DIGITS_OF_A_SERIAL and text.isdecimal() and int(text) in _SERIALS:
            return (start + timedelta(days=int(text))).isoformat()
        return read(text)

    return read_serial


def _quick_code(field: Text, read: Read) -> Read:
    is_simple = re.compile(rf"[0-9A-Za-zА-Яа-яЁё._/-]{{1,{min(field.max_length, MAX_CHARACTERS // 2)}}}").fullmatch
    if type(field) is Text:
        return lambda text: text if is_simple(text) else read(text)
    return lambda text: text if is_simple(text) and not why_unreachable(text) else read(text)


def _quick_decimal(field: DecimalNumber, read: Read) -> Read:
    is_simple = re.compile(rf"-?[0-9]{{1,{field.digits - field.places}}}(?:\.[0-9]{{1,{field.places}}})?").fullmatch
    return lambda text: text if is_simple(text) else read(text)


def _exactly(value: Value, field: FieldType, kind: str, *, from_1904: bool) -> Read:
    if value is Value.DAY:
        start = first_day(from_1904=from_1904)
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
    if is_number(kind):
        return lambda text: field.clean(all_digits(text))
    if value is Value.CODE:
        return lambda text: field.clean(_code(text))
    return field.clean


def _refuse_date(_: str) -> Any:
    """Refuse a date: Excel makes 1 May of a price of 1.05, and the number of that day is not the lost price."""
    raise Unreadable("contract", HOLDS_A_DATE)


def _number(kind: str, text: str, *, percent: bool = False) -> str:
    """Return the number in a cell, with a point and nothing between its digits."""
    if is_number(kind):
        return plain_number(text)
    return read_number(text, percent=percent)


def _integer(kind: str, text: str) -> str:
    number = _number(kind, text)
    return number.rstrip("0").rstrip(".") if "." in number else number


def _typed_boolean(text: str, field: FieldType) -> str:
    """Return a boolean as the text that its cell shows; it is no number."""
    if not isinstance(field, Text):
        raise invalid("A valid number is required.")
    return str(_boolean("b", text)).upper()


def _boolean(kind: str, text: str) -> bool:
    if kind == "b" and text in _BOOLEANS:
        return _BOOLEANS[text]
    if is_number(kind):
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
    if is_number(kind):
        text = plain_number(text)
        serial = int(float(text))
        if serial in _SERIALS:
            return (start + timedelta(days=serial)).isoformat()
    try:
        return read_day(text)
    except ValueError:
        raise invalid(_DAY_MESSAGE) from None
