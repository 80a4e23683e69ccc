"""Files of CommerceML as one would read them by hand: fed to lxml in pieces, and no question asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

NAMESPACE = "{urn:1C.ru:commerceml_2}"
GOOD, OFFER = f"{NAMESPACE}Товар", f"{NAMESPACE}Предложение"
COLUMNS = {
    "Артикул": "article_code", "Наименование": "name", "Штрихкод": "barcode", "БазоваяЕдиница": "unit_of_measure",
    "Описание": "description", "Страна": "country",
}  # fmt: skip
"""The elements that stand in a good itself, and the columns that they fill."""

OTHERS = ("code_1c", "title", "weight", "brand", "tax_rate")
_REQUISITES = {"Код": "code_1c", "Полное наименование": "title", "Вес": "weight"}
_PIECE = 256 * 1024
_TEXTS = {f"{NAMESPACE}{name}": column for name, column in COLUMNS.items()}
_NAME, _VALUE = f"{NAMESPACE}Наименование", f"{NAMESPACE}Значение"
_OF_REQUISITE = f"{NAMESPACE}ЗначенияРеквизитов/{NAMESPACE}ЗначениеРеквизита"
_OF_BRAND = f"{NAMESPACE}Изготовитель/{_NAME}"
_OF_TAX = f"{NAMESPACE}СтавкиНалогов/{NAMESPACE}СтавкаНалога/{NAMESPACE}Ставка"


def fields(path: Path) -> Iterator[list[tuple[str, str | None]]]:
    """Yield every element and attribute of each good or offer, with its text."""
    for element in _elements(path, GOOD, OFFER):
        found = [(child.tag, child.text) for child in element.iter()]
        for child in element.iter():
            found.extend(child.items())
        yield found


def products(path: Path) -> Iterator[Sequence[str | None]]:
    """Yield the values of each good in the order of ``COLUMNS`` and then of ``OTHERS``."""
    names = [*COLUMNS.values(), *OTHERS]
    for element in _elements(path, GOOD):
        values = {_TEXTS[child.tag]: child.text for child in element if child.tag in _TEXTS}
        for one in element.iterfind(_OF_REQUISITE):
            if column := _REQUISITES.get(one.findtext(_NAME) or ""):
                values[column] = one.findtext(_VALUE)
        values["brand"], values["tax_rate"] = element.findtext(_OF_BRAND), element.findtext(_OF_TAX)
        yield [values.get(name) for name in names]


def _elements(path: Path, *tags: str) -> Iterator[Any]:
    parser = etree.XMLPullParser(events=("end",), tag=tags)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            parser.feed(piece)
            for event in parser.read_events():
                element: Any = event[1]
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    parser.close()
