"""What a classifier says of the words that goods and offers use: it may come in an earlier file than they do."""

from dataclasses import dataclass, field

from lxml import etree

from integration.connectors.commerceml.fields import NAMES, first, key_of, read_fields, text_of
from integration.connectors.commerceml.marks import is_deleted
from integration.connectors.source import Record

MOST_ENTRIES = 300_000  # kept in memory, at some 300 bytes each


@dataclass(slots=True)
class Property:
    """A property of goods; ``values`` are the texts of the variants that goods name by their key."""

    name: str
    values: dict[str, str]
    deleted: bool = False
    field: str = ""  # the name of the field that it becomes

    def __post_init__(self) -> None:
        self.field = f"свойство:{self.name}" if self.name else ""


UNKNOWN = Property("", {})


@dataclass(frozen=True, slots=True)
class Unit:
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group of goods; ``parent`` is the key of the group that it stands in, or empty."""

    name: str
    parent: str
    deleted: bool = False


@dataclass(slots=True)
class Classifier:
    """The entries of one classifier by their keys; of price types and warehouses the names.

    ``currencies`` are those of price types that name one. ``is_changed`` says that something was added to those that
    earlier files brought.
    """

    properties: dict[str, Property] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    price_types: dict[str, str] = field(default_factory=dict)
    warehouses: dict[str, str] = field(default_factory=dict)
    groups: dict[str, GroupEntry] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    is_changed: bool = False

    @property
    def is_full(self) -> bool:
        return self.entries >= MOST_ENTRIES

    def update(self, later: "Classifier") -> None:
        """Take what a later classifier with the same key says; a list of changes leaves the rest as it was."""
        for mine, new in (
            (self.categories, later.categories),
            (self.price_types, later.price_types),
            (self.warehouses, later.warehouses),
            (self.currencies, later.currencies),
        ):
            mine.update(new)
        self.properties.update(later.properties)
        self.units.update(later.units)
        self.groups.update(later.groups)
        self.entries += later.entries
        self.is_changed = True

    def add_name(self, names: dict[str, str], record: Record) -> None:
        """Keep the name of a price type or warehouse, if there is room: it is a record of its own as well."""
        if not self.is_full:
            names[record.key] = first(record.fields.get("Наименование", ""))
            self.entries += 1

    def add_price_type(self, record: Record) -> None:
        """Keep the name of a price type, and the currency of its prices when it says one."""
        currency = first(record.fields.get("Валюта", ""))
        if currency and not self.is_full:
            self.currencies[record.key] = currency
        self.add_name(self.price_types, record)

    def add_group(self, record: Record) -> None:
        """Keep a group, if there is room."""
        if not self.is_full:
            name, parent = (first(record.fields.get(field, "")) for field in ("Наименование", "Родитель"))
            self.groups[record.key] = GroupEntry(name, parent, record.deleted)
            self.entries += 1

    def add_property(self, element: etree._Element) -> str:
        """Keep a property and its variants; return its key."""
        fields = read_fields(element)
        key = key_of(first(fields.get("Ид", "")))
        name = first(fields.get("Наименование", ""))
        values = _variants(element)
        if key:
            self.properties[key] = Property(name, values, is_deleted(element.get("Статус"), fields))
            self.entries += 1 + len(values)
        return key

    def add_category(self, element: etree._Element) -> str:
        fields = read_fields(element)
        key = key_of(first(fields.get("Ид", "")))
        if key:
            self.categories[key] = first(fields.get("Наименование", ""))
            self.entries += 1
        return key

    def add_unit(self, element: etree._Element) -> str:
        """Keep a unit by its key and by its code: goods name it by either."""
        fields = read_fields(element)
        code = first(fields.get("Код", ""))
        key = key_of(first(fields.get("Ид", code)))
        names = (first(fields.get(name, "")) for name in ("НаименованиеКраткое", "Наименование", "НаименованиеПолное"))
        unit = Unit(next(filter(None, names), code), code or key)
        for name in filter(None, {key, code.lower()}):
            self.units[name] = unit
        self.entries += 1
        return key


def _variants(element: etree._Element) -> dict[str, str]:
    """Return the texts of a property's variants by key; they stand at different depths in different versions."""
    variants: dict[str, str] = {}
    for value in element.iter("{*}Значение"):
        before = value.getprevious()
        if before is not None and NAMES[before.tag] in ("ИдЗначения", "Ид"):
            variants[key_of(text_of(before))] = text_of(value)
    return variants
