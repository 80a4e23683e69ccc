"""A list of 1C as one would read it by hand: streamed, and parsed by lxml as it comes."""

import http.client
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from deploy.local.onec.fields import NAMESPACE, PRODUCT

ELEMENTS = {
    "Code": "code_1c", "Name": "name", "Article": "article_code", "roditel": "roditel", "Unit": "unit_of_measure",
    "Brand": "brand", "suplier": "supplier", "Category": "category", "CountryCode": "country_code",
    "Country": "country", "Seria": "series", "Shtrix": "barcode", "LabelText": "title", "Description": "description",
    "BasePrice": "base_price", "SalePrice": "sale_price", "Currency": "currency", "StockQuantity": "stock_quantity",
    "Weight": "weight", "is_delete": "is_deleted", "is_active": "is_active",
}  # fmt: skip
"""The elements of a product, and the columns that they fill."""

COLUMNS = [ELEMENTS[name] for name in PRODUCT]
_OPERATION = "GetProductList"
_CALL = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    f'<m:{_OPERATION} xmlns:m="{NAMESPACE}"/></soap:Body></soap:Envelope>'
)
_PIECE = 64 * 1024


def products(wsdl: str) -> Iterator[Sequence[str | None]]:
    """Yield the values of each product in the order of ``COLUMNS``."""
    address = urlsplit(wsdl)
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    parser = etree.XMLPullParser(events=("end",), tag=f"{{{NAMESPACE}}}ProductItem")
    try:
        connection.request("POST", address.path, _CALL.encode(), {"Content-Type": "text/xml; charset=utf-8"})
        answer = connection.getresponse()
        while piece := answer.read1(_PIECE):
            parser.feed(piece)
            yield from map(_values, parser.read_events())
        parser.close()
    finally:
        connection.close()


def _values(event: Any) -> Sequence[str | None]:
    """Return the values of an element that is complete, and free it with all before it."""
    item = event[1]
    values = [(child.text or "").strip() or None for child in item]
    item.clear()
    while item.getprevious() is not None:
        del item.getparent()[0]
    return values
