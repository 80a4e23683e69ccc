"""The meaning of a value that is a list or an object: the text that a person would read in its place."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from integration.connectors.xml.parsing import local_name

MOST_PARTS = 1000
_DEEPEST = 20
# What objects of 1C call the text that stands for them, the best first.
_NAMES = ("представление", "presentation", "наименование", "name", "title", "value", "значение", "description", "text")


def meaning(value: Any) -> str | None:
    """Return the text of a plain value, of an object with a name, or of a list with one such value; None without it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return plain_digits(Decimal(repr(value)))
        case [only]:
            return meaning(only)
        case dict():
            named = {
                name.casefold(): meaning(part) for name, part in value.items() if not isinstance(part, (list, dict))
            }
            known = next((named[name] for name in _NAMES if named.get(name)), None)
            if known is None and len(value) == 1:
                return meaning(next(iter(value.values())))
            return known
    return None


def plain_digits(number: Decimal) -> str:
    """Write the number without an exponent and without decimals that are zero, as a bar code is one in any notation."""
    digits = format(number, "f")
    return digits.rstrip("0").removesuffix(".") if "." in digits else digits


def parts(value: Any) -> list[Any]:
    """Return a list of the values in a list, or in an object that only wraps one."""
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return value if isinstance(value, list) else [value]


def without_blanks(value: Any) -> Any:
    """Return the value without texts that say nothing; None when nothing is left."""
    match value:
        case str():
            return value.strip() or None
        case list():
            return [part for item in value if (part := without_blanks(item)) is not None] or None
        case dict():
            return {name: part for name, item in value.items() if (part := without_blanks(item)) is not None} or None
    return value


def element_value(element: etree._Element) -> Any:
    """Return an element as text, object or list; None when it is larger or deeper than a value is."""
    if sum(1 for _ in zip(element.iter(), range(MOST_PARTS + 1), strict=False)) > MOST_PARTS:
        return None
    return _value(element, 0)


def _value(element: etree._Element, depth: int) -> Any:
    children = list(element)
    if not children or depth > _DEEPEST:
        return element.text or ""
    if any(text.strip() for text in _between(element, children)):
        return "".join(str(part) for part in element.itertext())  # marked-up text
    names = [local_name(child.tag) for child in children]
    values = [_value(child, depth + 1) for child in children]
    if len(set(names)) == len(names):
        return dict(zip(names, values, strict=True))
    return values if len(set(names)) == 1 else None


def _between(element: etree._Element, children: list[etree._Element]) -> Iterator[str]:
    yield element.text or ""
    for child in children:
        yield child.tail or ""
