"""Offers: each says prices, stock, or a variant of a good."""

from lxml import etree

from integration.connectors.commerceml.classifier import Classifier
from integration.connectors.commerceml.fields import NAMES, add, attributes_of, first, key_of, read_fields, text_of
from integration.connectors.commerceml.goods import READERS, Good, Readers, read_good
from integration.connectors.commerceml.marks import too_deep
from integration.connectors.source import Child

_QUANTITY = "Количество"
_STOCK = ("Склад", "Склады", "Остатки", "Остаток")


def read_offer(element: etree._Element, classifier: Classifier, left: int) -> Good:
    """Read an offer: a good with the children ``prices`` and ``warehouses``, each only if it was spoken of."""
    return read_good(element, classifier, left, _READERS)


def offer_key(offer: Good) -> str:
    """Return the key of the good, and of its characteristic behind a ``#``."""
    key = key_of(first(offer.fields.get("Ид", "")))
    characteristic = key_of(first(offer.fields.get("ИдХарактеристики", "")))
    return f"{key}#{characteristic}" if key and characteristic and "#" not in key else key


def _prices(element: etree._Element, offer: Good, _classifier: Classifier, left: int) -> None:
    prices = offer.children.setdefault("prices", [])
    for price in element:
        fields = read_fields(price, left - 1)
        if "ИдТипаЦены" in fields:
            fields["ИдТипаЦены"] = key_of(first(fields["ИдТипаЦены"]))
        prices.append(fields)


def _stock(element: etree._Element, offer: Good, _classifier: Classifier, left: int) -> None:
    found = _warehouses(element, offer, left)
    if found or _QUANTITY not in offer.fields:
        offer.children.setdefault("warehouses", []).extend(found)


def _warehouses(element: etree._Element, offer: Good, left: int) -> list[Child]:
    """Return the warehouses of an element, by its attributes or its children."""
    if left <= 0:
        raise too_deep()
    attributes = dict(attributes_of(element))
    if "ИдСклада" in attributes:
        return [{"Ид": key_of(attributes["ИдСклада"]), _QUANTITY: attributes.get("КоличествоНаСкладе", "")}]
    parts = {NAMES[child.tag]: child for child in element}
    if "Ид" in parts:
        quantity = text_of(parts[_QUANTITY]) if _QUANTITY in parts else ""
        return [{"Ид": key_of(text_of(parts["Ид"])), _QUANTITY: quantity}]
    if _QUANTITY in parts:
        add(offer.fields, _QUANTITY, text_of(parts[_QUANTITY]))
    inside = [child for child in element if NAMES[child.tag] in _STOCK]
    return [warehouse for child in inside for warehouse in _warehouses(child, offer, left - 1)]


_READERS: Readers = {**READERS, "Цены": _prices, "Склад": _stock, "Склады": _stock, "Остатки": _stock}
