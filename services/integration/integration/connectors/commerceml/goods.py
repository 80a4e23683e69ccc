"""Goods: each becomes a product, or a variant when its key names a characteristic."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

from integration.connectors.commerceml.classifier import UNKNOWN, Classifier
from integration.connectors.commerceml.fields import (
    NAMES,
    Prefixed,
    add,
    add_field,
    attributes_of,
    first,
    key_of,
    read_fields,
    text_of,
)
from integration.connectors.source import Child, Record, Value

_BARCODES = ("Штрихкод", "ШтрихКод")
_OF_CHARACTERISTICS = "характеристика:"
_UNIT_ATTRIBUTES, _UNIT_PARTS = Prefixed("БазоваяЕдиница@"), Prefixed("БазоваяЕдиница/")
_OF_A_VARIANT = (*_BARCODES, "ИдХарактеристики")


@dataclass(slots=True)
class Good:
    """What stands in an element for a good or an offer."""

    fields: dict[str, Value] = field(default_factory=dict)
    children: dict[str, list[Child]] = field(default_factory=dict)


Reader = Callable[[etree._Element, Good, Classifier, int], None]
Readers = dict[str, Reader]


def read_good(element: etree._Element, classifier: Classifier, left: int, readers: Readers | None = None) -> Good:
    """Read a good; guids of properties, categories and units become the words that the classifier has for them.

    ``readers`` are those of the elements that are more than fields.
    """
    readers = readers or READERS
    good = Good()
    fields = good.fields
    for attribute, value in attributes_of(element):
        fields[f"{NAMES[element.tag]}@{attribute}"] = value
    for child in element:
        name = NAMES[child.tag]
        reader = readers.get(name)
        if reader is not None:
            reader(child, good, classifier, left - 1)
        elif len(child) or child.keys() or name in fields:
            add_field(fields, name, child, left - 1)
        else:
            fields[name] = (child.text or "").strip()
    return good


def product_of(variant: Record) -> Record:
    """Return the product that a variant stands for when no product of its own comes."""
    fields = {
        name: value
        for name, value in variant.fields.items()
        if name not in _OF_A_VARIANT and not name.startswith(_OF_CHARACTERISTICS)
    }
    if "Наименование" in fields:
        fields["Наименование"] = _without_characteristic(first(fields["Наименование"]), variant.fields)
    key = variant.key.partition("#")[0]
    fields["Ид"] = key
    children = {name: children for name, children in variant.children.items() if name != "barcodes"}
    return replace(variant, key=key, fields=fields, children=children, is_derived=True)


def _without_characteristic(name: str, fields: dict[str, Value]) -> str:
    """Take off the characteristic that 1C writes in brackets behind the name of the good."""
    if not name.endswith(")"):
        return name
    begins = _opening(name)
    values = [first(value) for label, value in fields.items() if label.startswith(_OF_CHARACTERISTICS)]
    is_characteristic = begins > 0 and all(value in name[begins:] for value in values)
    return name[:begins].rstrip() if is_characteristic else name


def _opening(name: str) -> int:
    """Return where the bracket opens that the last letter closes; -1 without one."""
    depth = 0
    for position in range(len(name) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(name[position], 0)
        if depth == 0:
            return position
    return -1


def _properties(element: etree._Element, good: Good, classifier: Classifier, _left: int) -> None:
    """Read the properties in one go over all that stands inside: they are most of what a good says.

    They are fields by their names, and together one child by their keys: one for each would cost as much as reading it.
    """
    by_key, fields = dict[str, Value](), good.fields
    key, label, known = "", "", UNKNOWN
    for part in element.iter():
        name = NAMES[part.tag]
        if name == "Ид":
            key = (part.text or "").strip().lower()
            known = classifier.properties.get(key, UNKNOWN)
        elif name == "Значение":
            value = (part.text or "").strip()
            if known.values:
                value = known.values.get(value.lower(), value)
            add(fields, known.field or f"свойство:{label or key}", value)
            add(by_key, key, value)
        elif name == "Наименование":
            label = text_of(part)
        else:
            key, label, known = "", "", UNKNOWN
    good.children["properties"] = [by_key] if by_key else []


def _labelled(word: str, value_name: str) -> Reader:
    """Return the reader of values that are named by what stands beside them."""
    names = Prefixed(f"{word}:")

    def read(element: etree._Element, good: Good, _classifier: Classifier, _left: int) -> None:
        fields, label = good.fields, ""
        for part in element.iter():
            name = NAMES[part.tag]
            if name == value_name:
                add(fields, names[label], (part.text or "").strip())
            else:
                label = (part.text or "").strip() if name == "Наименование" else ""

    return read


def _groups(element: etree._Element, good: Good, _classifier: Classifier, _left: int) -> None:
    found = good.children.setdefault("groups", [])
    found += [{"Ид": key_of(text_of(group))} for group in element if NAMES[group.tag] == "Ид"]


def _barcode(element: etree._Element, good: Good, _classifier: Classifier, _left: int) -> None:
    text = text_of(element)
    add(good.fields, NAMES[element.tag], text)
    found = good.children.setdefault("barcodes", [])
    if text:
        found.append({"Штрихкод": text})


def _picture(element: etree._Element, good: Good, _classifier: Classifier, left: int) -> None:
    found = good.children.setdefault("pictures", [])
    if text := text_of(element):
        found.append({"Картинка": text})
        add_field(good.fields, "Картинка", element, left)


def _category(element: etree._Element, good: Good, classifier: Classifier, _left: int) -> None:
    text = text_of(element)
    add(good.fields, "Категория", classifier.categories.get(text.lower(), text))


def _unit(element: etree._Element, good: Good, classifier: Classifier, left: int) -> None:
    """Read the unit, which some versions name by the key or code of one of the classifier."""
    fields, unit = good.fields, dict[str, Value](attributes_of(element))
    for name, value in unit.items():
        fields[_UNIT_ATTRIBUTES[name]] = value
    if len(element):
        inside = read_fields(element, left)
        unit |= inside
        fields.update((_UNIT_PARTS[name], value) for name, value in inside.items())
    text = text_of(element)
    known = classifier.units.get(text.lower()) if text else None
    if known is not None:
        text = known.name
        fields.setdefault("БазоваяЕдиница@Код", known.code)
        unit.setdefault("Код", known.code)
    if text or not len(element):
        fields["БазоваяЕдиница"] = text
    if text:
        unit["Наименование"] = text
    good.children.setdefault("units", []).append(unit)


READERS: Readers = {
    "ЗначенияСвойств": _properties,
    "ЗначенияРеквизитов": _labelled("реквизит", "Значение"),
    "СтавкиНалогов": _labelled("налог", "Ставка"),
    "Группы": _groups,
    "Категория": _category,
    "БазоваяЕдиница": _unit,
    "Картинка": _picture,
    **dict.fromkeys(_BARCODES, _barcode),
}
