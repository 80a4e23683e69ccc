"""Reads numbers as the XML of a workbook holds them."""

import math
import re
from decimal import Decimal

from ecatalog.fields.types import invalid

from catalog.imports.reader.styles import DATED, SHOWN

SIGNIFICANT = 15
"""Digits that Excel keeps of a number; those behind are what is left of binary fractions."""

LOST_DIGITS = (
    f"The cell holds a number of which only {SIGNIFICANT} digits are kept."
    " Give it the format of a text, and write all of it again."
)

# Other programs write codes of more digits as they are, and the last ones are not to be lost.
_DIGITS = re.compile(r"-?[0-9]+")


def is_number(kind: str) -> bool:
    """Return whether cells of this type hold numbers; others hold text, ``b`` booleans, ``d`` days, ``e`` errors."""
    return kind in {"", "n", "f", DATED} or kind.startswith(SHOWN)


def plain_number(text: str) -> str:
    """Return a number as a person would write it: a code that Excel took for one gets no exponent and no ``.0``.

    Raises ValueError or ArithmeticError.
    """
    if _DIGITS.fullmatch(text):
        return text
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not a number")
    number = Decimal(format(value, f".{SIGNIFICANT}g"))
    return format(number.quantize(1) if number == number.to_integral_value() else number.normalize(), "f")


def all_digits(text: str) -> str:
    """Return the same where each digit counts; raises when the last ones may be lost."""
    number = plain_number(text)
    if has_lost_digits(number):
        raise invalid(LOST_DIGITS)
    return number


def has_lost_digits(number: str) -> bool:
    """Return whether only zeros follow the digits that a spreadsheet keeps: these may stand for any digits."""
    whole = number.lstrip("-").partition(".")[0]
    return len(whole) > SIGNIFICANT and not whole[SIGNIFICANT:].strip("0")
