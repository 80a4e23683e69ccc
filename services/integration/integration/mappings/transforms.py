"""The steps that a mapping may put between a field and its column: a closed list, each from one text to another.

A step that is a word stands alone; any other is an object of its name and its argument. None means "no value" and ends
the steps. An empty text passes all of them but ``default``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial
from typing import Any

from ecatalog.fields.types import FieldType, Integer, Text, as_text, invalid, number
from ecatalog.fields.written.booleans import read_boolean
from ecatalog.fields.written.days import read_day
from ecatalog.fields.written.numbers import read_number

from integration.mappings.cleaners import BadValue, shown

Step = Callable[[str], str | None]

LONGEST_ARGUMENT, LONGEST_DEFAULT = 255, 1000
MOST_WORDS = 1000  # of a ``map``
LONGEST_TEXT = 1_000_000  # after a step: columns hold less, and an argument may stand in the place of every letter
_DIGITS = 60  # that a product of two numbers keeps
_ANY_TEXT = Text(LONGEST_ARGUMENT)
_SOME_TEXT = Text(LONGEST_ARGUMENT, blank=False)


@dataclass(frozen=True)
class TransformType(FieldType):
    """One step, as it stands in a mapping; its argument is written as the step takes it."""

    def clean(self, value: Any) -> str | dict[str, Any]:
        if isinstance(value, str) and value in WORDS:
            return value
        if isinstance(value, dict) and len(value) == 1:
            ((name, argument),) = value.items()
            if name in ARGUMENTS:
                return {name: ARGUMENTS[name](argument)}
        raise invalid(_UNKNOWN)

    def schema(self) -> dict[str, Any]:
        words = {"type": "string", "enum": list(WORDS)}
        one = {"minProperties": 1, "maxProperties": 1, "additionalProperties": False}
        return {"anyOf": [words, {"type": "object", "properties": _SCHEMAS, **one}]}


def steps_of(transforms: Sequence[Any]) -> Step:
    """Return the steps of a mapping as one; it raises BadValue for a text that a step cannot read."""
    steps = [_step(transform) for transform in transforms]

    def run(text: str) -> str | None:
        left: str | None = text
        for step, is_default in steps:
            if left or (is_default and left is not None):
                left = step(left)
            if left and len(left) > LONGEST_TEXT:
                raise BadValue(f"has more than {LONGEST_TEXT:,} characters after the steps of the mapping")
        return left

    return run


def _step(transform: Any) -> tuple[Step, bool]:
    if isinstance(transform, str):
        return WORDS[transform], False
    ((name, argument),) = transform.items()
    return partial(_WITH_ARGUMENT[name], argument), name == "default"


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def _number(text: str) -> str:
    try:
        return read_number(text)
    except ValueError:
        raise BadValue(f"{shown(text)} is not a number") from None


def _integer(text: str) -> str:
    whole = Decimal(_number(text))
    if whole != whole.to_integral_value():
        raise BadValue(f"{shown(text)} is not a whole number")
    return format(whole, ".0f")


def _boolean(text: str) -> str:
    try:
        return "true" if read_boolean(text) else "false"
    except ValueError:
        raise BadValue(f"{shown(text)} is neither true nor false") from None


def _not(text: str) -> str:
    return "false" if _boolean(text) == "true" else "true"


def _date(text: str) -> str | None:
    try:
        return read_day(text)
    except ValueError:
        raise BadValue(f"{shown(text)} is not a date") from None


def _map(words: dict[str, str], text: str) -> str:
    return words.get(text, text)


def _replace(texts: list[str], text: str) -> str:
    old, new = texts
    return text.replace(old, new)


def _prefix(before: str, text: str) -> str:
    return before + text


def _suffix(behind: str, text: str) -> str:
    return text + behind


def _multiply(factor: str, text: str) -> str:
    with localcontext(prec=_DIGITS):
        return format(Decimal(_number(text)) * Decimal(factor), "f")


def _limit(most: int, text: str) -> str:
    return text[:most].rstrip()


def _default(value: str, text: str) -> str:
    return text or value


def _words(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise invalid("Give an object of texts: what comes, and what becomes of it.")
    if not 0 < len(value) <= MOST_WORDS:
        raise invalid(f"Give 1 to {MOST_WORDS} texts.")
    return {_SOME_TEXT.clean(key): _ANY_TEXT.clean(text) for key, text in value.items()}


def _pair(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) != 2:
        raise invalid("Give a list of two texts: what to replace, and by what.")
    old, new = (_exact(text) for text in value)
    if not old:
        raise invalid("Say what to replace.")
    return [old, new]


def _exact(value: Any) -> str:
    """Return a text with the blanks around it, which may be meant."""
    text = as_text(value)
    if "\x00" in text or len(text) > LONGEST_ARGUMENT:
        raise invalid(f"Give a text of at most {LONGEST_ARGUMENT} characters.")
    return text


def _factor(value: Any) -> str:
    factor = number(value)
    if abs(factor.adjusted()) > _DIGITS // 4 or len(text := format(factor, "f")) > _DIGITS // 2:
        raise invalid("Give a number of a usual size.")
    return text


def _constant(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return Text(LONGEST_DEFAULT, blank=False).clean(value)


WORDS: dict[str, Step] = {
    "trim": str.strip, "upper": str.upper, "lower": str.lower, "digits": _digits, "number": _number,
    "integer": _integer, "boolean": _boolean, "not": _not, "date": _date,
}  # fmt: skip
"""The steps without an argument."""
_WITH_ARGUMENT: dict[str, Callable[[Any, str], str]] = {
    "map": _map, "replace": _replace, "prefix": _prefix, "suffix": _suffix, "multiply": _multiply, "limit": _limit,
    "default": _default,
}  # fmt: skip
ARGUMENTS: dict[str, Callable[[Any], Any]] = {
    "map": _words, "replace": _pair, "prefix": _exact, "suffix": _exact, "multiply": _factor,
    "limit": Integer((1, 1_000_000)).clean, "default": _constant,
}  # fmt: skip
"""The other steps, with what reads the argument of each."""
_TEXT_SCHEMA = {"type": "string", "maxLength": LONGEST_ARGUMENT}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "map": {"type": "object", "additionalProperties": _TEXT_SCHEMA, "minProperties": 1, "maxProperties": MOST_WORDS},
    "replace": {"type": "array", "items": _TEXT_SCHEMA, "minItems": 2, "maxItems": 2},
    "prefix": _TEXT_SCHEMA, "suffix": _TEXT_SCHEMA, "multiply": {"type": ["string", "number"]},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    "default": {"type": ["string", "number", "boolean"]},
}  # fmt: skip
_UNKNOWN = f"There is no such step; there are {', '.join(WORDS)} and, with an argument, {', '.join(ARGUMENTS)}."
