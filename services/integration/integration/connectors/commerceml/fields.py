"""Elements become fields: by their names, in any namespace, with what stands inside them behind a stroke."""

from typing import cast

from lxml import etree

from integration.connectors.commerceml.marks import LONGEST_WAY, too_deep
from integration.connectors.source import Value

_MOST_NAMES = 10_000

# Elements that name their value themselves: the word before the name, the element with the name, and that of the value.
_LABELLED = {
    "ХарактеристикаТовара": ("характеристика", ("Наименование",), "Значение"),
    "Контакт": ("контакт", ("Тип", "Вид"), "Значение"),
    "АдресноеПоле": ("", ("Тип", "Вид"), "Значение"),  # the word is the name of the address
}


class Names(dict[str, str]):
    """The local names of tags, each found once."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


NAMES = Names()


class Prefixed(dict[str, str]):
    """Names behind a prefix, each put together once: the same few stand in every row."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, label: str) -> str:
        name = self._prefix + label
        if len(self) < _MOST_NAMES:
            self[label] = name
        return name


def text_of(element: etree._Element) -> str:
    return (element.text or "").strip()


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Return the local names and the values of an element's attributes."""
    items = cast("list[tuple[str, str]]", element.items())
    return [(NAMES[name], value.strip()) for name, value in items]


def key_of(text: str) -> str:
    """Return a reference as keys are written: the same guid comes in small and in capital letters."""
    return text.strip().lower()


def add(fields: dict[str, Value], name: str, value: str) -> None:
    """Keep a value; several of one name become a list."""
    if name not in fields:
        fields[name] = value
        return
    known = fields[name]
    if isinstance(known, list):
        known.append(value)
    else:
        fields[name] = [known, value]


def first(value: Value) -> str:
    return value if isinstance(value, str) else value[0]


def read_row(element: etree._Element, left: int) -> dict[str, Value]:
    """Return all that an element says, its own attributes included."""
    fields: dict[str, Value] = {f"{NAMES[element.tag]}@{name}": value for name, value in attributes_of(element)}
    return fields | read_fields(element, left)


def read_fields(element: etree._Element, left: int = LONGEST_WAY) -> dict[str, Value]:
    """Return all that stands inside an element; ``left`` is how much deeper it may go."""
    fields: dict[str, Value] = {}
    for child in element:
        add_field(fields, NAMES[child.tag], child, left - 1)
    return fields


def add_field(fields: dict[str, Value], name: str, element: etree._Element, left: int) -> None:
    """Add an element with its attributes and children. One with a name inside has this as its value."""
    if element.keys():
        for attribute, value in attributes_of(element):
            add(fields, f"{name}@{attribute}", value)
    if not len(element):
        text = text_of(element)
        if name in fields:
            add(fields, name, text)
        else:
            fields[name] = text
        return
    if left <= 0:
        raise too_deep()
    text = text_of(element)
    if text:
        add(fields, name, text)
    for child in element:
        tag = NAMES[child.tag]
        if tag in _LABELLED:
            _add_labelled(fields, name, child)
        elif tag == "Наименование" and not text:
            add(fields, name, text_of(child))
        else:
            add_field(fields, f"{name}/{tag}", child, left - 1)


def _add_labelled(fields: dict[str, Value], holder: str, element: etree._Element) -> None:
    """Add a value under the name that stands beside it."""
    word, labels, value_name = _LABELLED[NAMES[element.tag]]
    parts = [(NAMES[part.tag], text_of(part)) for part in element]
    label = next((text for name, text in parts if name in labels), "")
    for name, text in parts:
        if label and name == value_name:
            add(fields, f"{word or holder}:{label}", text)
