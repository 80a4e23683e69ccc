"""Shows cells as a person sees them, in rows that come back to be mended: sent again they must mean the same."""

from collections.abc import Callable
from datetime import date, timedelta

from ecatalog.entities.sheet import Value

from catalog.imports.reader.formats import Format, NotShown, known_format
from catalog.imports.reader.numbers import has_lost_digits, is_number, plain_number
from catalog.imports.reader.styles import DATED, SHOWN

_NUMBERS = frozenset({Value.INTEGER, Value.DECIMAL, Value.PERCENT})
_NOT_SHOWN = "#####"
"""A spreadsheet shows this for what does not fit: it is read as nothing else."""


def first_day(*, from_1904: bool) -> date:
    """Return the day of the number 0."""
    return date(1904, 1, 1) if from_1904 else date(1899, 12, 30)


def shower(value: Value, kind: str, *, from_1904: bool) -> Callable[[str], str]:
    """Return the function that gives what a cell of type ``kind`` shows in a column of ``value``."""
    if not is_number(kind):
        return str
    start = first_day(from_1904=from_1904)

    def shown(text: str) -> str:
        try:
            return _shown(value, kind, plain_number(text), start)
        except (ValueError, ArithmeticError):
            return text

    return shown


def _shown(value: Value, kind: str, number: str, start: date) -> str:
    if kind == DATED:
        if value is Value.CODE:
            return _NOT_SHOWN
        return (start + timedelta(days=int(float(number)))).isoformat()
    if kind.startswith(SHOWN):
        return _formatted(value, known_format(kind.removeprefix(SHOWN)), number)
    return f"{float(number):.5E}" if has_lost_digits(number) and value not in _NUMBERS else number


def _formatted(value: Value, form: Format, number: str) -> str:
    if value in _NUMBERS:
        try:
            return form.number(number, percent=value is Value.PERCENT)
        except NotShown:
            pass
    try:
        return form.text(number)
    except NotShown:
        return _NOT_SHOWN
