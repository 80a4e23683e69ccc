"""Elements that are rows become records; what is odd about them is a line in the report, never a stop."""

from collections import Counter
from collections.abc import Callable

from lxml import etree

from integration.connectors.commerceml.batches import Batches
from integration.connectors.commerceml.classifier import Classifier
from integration.connectors.commerceml.fields import NAMES, first, key_of, read_row
from integration.connectors.commerceml.goods import Good, product_of, read_good
from integration.connectors.commerceml.marks import is_deleted
from integration.connectors.commerceml.offers import offer_key, read_offer
from integration.connectors.commerceml.sections import Section
from integration.connectors.source import Child, Record, Value

PRODUCTS, VARIANTS, PRICES, STOCK = "nomenklatura", "variants", "prices", "stock"
GROUPS, PRICE_TYPES, WAREHOUSES, CLIENTS = "groups", "price_types", "warehouses", "clients"
STREAMS = (GROUPS, PRICE_TYPES, WAREHOUSES, PRODUCTS, VARIANTS, PRICES, STOCK, CLIENTS)

_QUANTITY = "Количество"
_KEYS = {"Ид", "ИдХарактеристики", "НомерВерсии"}
_SHOWN = 100
_MOST_PRICE_TYPES = 10_000  # that are looked up

_Reader = Callable[["Rows", etree._Element, Section, int], None]


class Rows:
    """Reads the rows of one file into batches.

    ``classifiers`` are those known before, by key, and gain its own; ``price_types`` gain those of its prices, each
    with the place where it came first.
    """

    def __init__(
        self, file: str, batches: Batches, classifiers: dict[str, Classifier], price_types: dict[str, str]
    ) -> None:
        self._file = file
        self._price_types = price_types
        self._batches = batches
        self._classifiers = classifiers
        self._numbers: Counter[str] = Counter()

    def read(self, name: str, element: etree._Element, section: Section, left: int) -> None:
        """Read a row; ``left`` is how much deeper it may go."""
        _READERS[name](self, element, section, left)

    def end(self, section: Section) -> None:
        """Keep the words of a section, for the sections and files that name the same classifier."""
        if section.own.entries:
            self._classifiers.setdefault(section.classifier_key, Classifier()).update(section.own)

    def add_group(self, fields: dict[str, Value], status: str | None, parent: str, section: Section) -> None:
        """Add a group, which comes after those that stand in it."""
        place = self._place("Группа")
        key = key_of(first(fields.get("Ид", "")))
        if not key:
            self._batches.report(GROUPS, place, f"A group has no key{_named(fields)}")
            return
        if key == parent:
            self._batches.report(GROUPS, place, f"The group {key} stands in itself{_named(fields)}")
        elif parent:
            fields["Родитель"] = parent
        record = Record(key, fields, {}, is_deleted(status, fields), place)
        section.own.add_group(record)
        self._add(GROUPS, record, section)

    def _place(self, name: str) -> str:
        self._numbers[name] += 1
        return f"{self._file}: {name} {self._numbers[name]}"

    def _add(self, stream: str, record: Record, section: Section) -> None:
        section.counts[stream] += 1
        record.scope = section.scope
        self._batches.add(stream, record)

    def _words(self, section: Section) -> Classifier:
        """Return the classifier that a section names, as it was when its first row came."""
        if section.words is None:
            section.words = self._classifiers.get(section.classifier_key, section.own)
        return section.words

    def _simple(self, stream: str, element: etree._Element, section: Section, left: int) -> Record | None:
        """Add a row that is nothing but fields."""
        name = NAMES[element.tag]
        place = self._place(name)
        fields = read_row(element, left)
        key = key_of(first(fields.get("Ид", "")))
        if not key:
            self._batches.report(stream, place, f"An element {name} has no key{_named(fields)}")
            return None
        record = Record(key, fields, {}, is_deleted(element.get("Статус"), fields), place)
        self._add(stream, record, section)
        return record

    def _price_type(self, element: etree._Element, section: Section, left: int) -> None:
        if record := self._simple(PRICE_TYPES, element, section, left):
            section.own.add_price_type(record)

    def _warehouse(self, element: etree._Element, section: Section, left: int) -> None:
        if record := self._simple(WAREHOUSES, element, section, left):
            section.own.add_name(section.own.warehouses, record)

    def _contractor(self, element: etree._Element, section: Section, left: int) -> None:
        self._simple(CLIENTS, element, section, left)

    def _entry(self, element: etree._Element, section: Section, _left: int) -> None:
        """Keep a word of the classifier, if there is room."""
        name = NAMES[element.tag]
        place = self._place(name)
        own = section.own
        if own.is_full:
            if not section.is_overfull:
                section.is_overfull = True
                told = "The classifier is too large: its further words are not used"
                self._batches.report(PRODUCTS, place, told)
            return
        add = {"Категория": own.add_category, "ЕдиницаИзмерения": own.add_unit}.get(name, own.add_property)
        if not add(element):
            self._batches.report(PRODUCTS, place, f"An element {name} has no key")

    def _good(self, element: etree._Element, section: Section, left: int) -> None:
        place = self._place("Товар")
        good = read_good(element, self._words(section), left)
        key = key_of(first(good.fields.get("Ид", "")))
        if not key:
            self._batches.report(PRODUCTS, place, f"A good has no key{_named(good.fields)}")
            return
        self._report_unit(good, place)
        record = Record(key, good.fields, good.children, is_deleted(element.get("Статус"), good.fields), place)
        if "#" not in key:
            self._add(PRODUCTS, record, section)
            return
        self._add(VARIANTS, record, section)
        product = key.partition("#")[0]
        # Variants of one good follow each other; a good that is made twice is told from others by the mark.
        if product != section.last_product and not record.deleted:
            section.last_product = product
            self._add(PRODUCTS, product_of(record), section)

    def _report_unit(self, good: Good, place: str) -> None:
        for unit in good.children.get("units", ()):
            if "Код" not in unit and not first(unit.get("Наименование", "")).isdecimal():
                self._batches.report(PRODUCTS, place, f"The unit has no code{_named(unit)}")

    def _offer(self, element: etree._Element, section: Section, left: int) -> None:
        place = self._place("Предложение")
        offer = read_offer(element, self._words(section), left)
        key = offer_key(offer)
        if not key:
            self._batches.report(PRICES, place, f"An offer has no key{_named(offer.fields)}")
            return
        deleted = is_deleted(element.get("Статус"), offer.fields)
        prices, warehouses = offer.children.pop("prices", None), offer.children.pop("warehouses", None)
        quantity = offer.fields.pop(_QUANTITY, None)
        if "#" in key and not offer.fields.keys() <= _KEYS:  # else it speaks of prices or stock alone
            self._add(VARIANTS, Record(key, offer.fields, offer.children, deleted, place), section)
        if prices is not None or deleted:
            self._note_price_types(prices or [], place)
            self._add(PRICES, Record(key, {}, {"prices": prices or []}, deleted, place), section)
        if quantity is not None or warehouses is not None or deleted:
            fields = {} if quantity is None else {_QUANTITY: quantity}
            children = {} if warehouses is None else {"warehouses": warehouses}
            self._add(STOCK, Record(key, fields, children, deleted, place), section)

    def _note_price_types(self, prices: list[Child], place: str) -> None:
        for price in prices:
            key = first(price.get("ИдТипаЦены", ""))
            if key not in self._price_types and len(self._price_types) < _MOST_PRICE_TYPES:
                self._price_types[key] = place


def _named(fields: Child) -> str:
    """Return the name of what is reported, if it has one: it is all that a person can look for."""
    name = first(fields.get("Наименование", ""))
    return f' (the name is "{name[:_SHOWN]}")' if name else ""


_READERS: dict[str, _Reader] = {
    "Товар": Rows._good,
    "Предложение": Rows._offer,
    "Контрагент": Rows._contractor,
    "ТипЦены": Rows._price_type,
    "Склад": Rows._warehouse,
    **dict.fromkeys(("Свойство", "СвойствоНоменклатуры", "Категория", "ЕдиницаИзмерения"), Rows._entry),
}
