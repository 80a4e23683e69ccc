"""The forms in which a list of 1C comes: the same invented rows, among them many with habits that are hard to read."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from integration.connectors.soap.batch import Kind

from deploy.local.onec import generate, rows

from .reading import answer

Row = Mapping[str, str | None]

ITEMS: dict[Kind, str] = {"nomenklatura": "ProductItem", "clients": "ClientItem"}
_PRODUCTS, _CLIENTS = 2000, 500
# One row in so many has these fields, each in a way that some 1C has been seen to send.
_HABITS: dict[int, dict[str, str]] = {
    5: {"ИКПУ": "01905001001000000"},
    7: {"BasePrice": "12 000,50", "CreditLimit": "1\u00a0000"},
    11: {"Barcode": "0046", "Shtrix": "47"},
    13: {"Brand": '{"Code": "B7", "Name": "Космос"}', "City": '["Бухоро"]'},
    17: {"Tags": "новинка, акция ,", "Additional_Phones": '["1", "2"]'},
    19: {"Metadata": '{"a": [1, {"b": null}]}'},
    23: {"is_active": "Нет", "is_delete": "ложь"},
    29: {"Material": '{"a": 1, "b": 2}'},
    31: {"Expiry_Date": "0001-01-01T00:00:00", "EstablishedDate": "20240229000000"},
    37: {"Rating": "слишком", "Name": "Имя " * 80},
    41: {"Code": " \ufeff00\u00a041 ", "Description": "x" * 2000},
    43: {"Code": "a/b"},
}


@cache
def listed(kind: Kind) -> list[Row]:
    invented = generate.products(_PRODUCTS) if kind == "nomenklatura" else generate.clients(_CLIENTS)
    return [dict(_with_habits(number, row)) for number, row in enumerate(invented)]


def _with_habits(number: int, row: Row) -> Iterator[tuple[str, str | None]]:
    yield from row.items()
    for every, fields in _HABITS.items():
        if number % every == 0:
            yield from fields.items()


def _elements(found: list[Row], item: str) -> str:
    return "".join(rows.render(item, row).decode() for row in found)


def _attributes(found: list[Row], item: str) -> str:
    return "".join(
        f"<m:{item} {' '.join(f'{name}={quoteattr(value)}' for name, value in row.items() if value)}/>" for row in found
    )


def _in_groups(found: list[Row], item: str) -> str:
    half = len(found) // 2
    return f"<m:Group>{_elements(found[:half], item)}<m:Group>{_elements(found[half:], item)}</m:Group></m:Group>"


def _text(document: str) -> str:
    return answer(f"<m:return>{escape(document)}</m:return>")


def _json(found: list[Row], _item: str) -> str:
    return _text(json.dumps([{**row, "Sku": number, "Weight": 1.5} for number, row in enumerate(found)]))


def _json_in_an_object(found: list[Row], item: str) -> str:
    return _text(json.dumps({"Success": True, "TotalCount": len(found), item: found}, ensure_ascii=False))


def _xml(found: list[Row], item: str) -> str:
    inside = "".join(
        f"<{item}>{''.join(f'<{name}>{escape(value)}</{name}>' for name, value in row.items() if value)}</{item}>"
        for row in found
    )
    return _text(f"<list>{inside}</list>")


def _zip(found: list[Row], _item: str) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.json", json.dumps(found))
    return _text(base64.b64encode(packed.getvalue()).decode())


def _returned(inside: Callable[[list[Row], str], str]) -> Callable[[list[Row], str], str]:
    return lambda found, item: answer(f"<m:return>{inside(found, item)}</m:return>")


def _renamed(inside: Callable[[list[Row], str], str]) -> Callable[[list[Row], str], str]:
    """Give the rows a name that is none of the usual ones."""
    return lambda found, item: inside(found, {"ProductItem": "Товар", "ClientItem": "Клиент"}[item])


FORMS: dict[str, Callable[[list[Row], str], Any]] = {
    "elements": _returned(_elements),
    "elements of another name": _returned(_renamed(_elements)),
    "attributes": _returned(_attributes),
    "groups": _returned(_in_groups),
    "groups of another name": _returned(_renamed(_in_groups)),
    "json": _json,
    "json in an object": _json_in_an_object,
    "xml in a text": _xml,
    "zip": _zip,
}
