"""Files of schema 3.1: the classifier, goods, offers, prices and stock each in files of their own."""

from collections.abc import Callable, Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from deploy.local.onec.commerceml import parts
from deploy.local.onec.commerceml.goods import Base, Good

CURRENCY = "UZS"
_MARK = "<НомерВерсии>AAAAAQAAAAE=</НомерВерсии><ПометкаУдаления>false</ПометкаУдаления>"
_UNITS = {"шт": "796 ", "кг": "166 ", "л": "112 ", "уп": "778 "}


def files(
    base: Base, goods: Sequence[Good], number: int, *, is_whole: bool, has_codes: bool
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the files of one portion: their names and texts. The first portion begins with the classifier."""
    whole = parts.told(is_whole)
    if number == 1:
        yield _name(base, "import", 0), _file(_classifier(base))
    yield _name(base, "import", number), _file(_goods(base, goods, whole, has_codes))
    offers: tuple[tuple[str, Callable[[Base, Good], str]], ...] = (
        ("offers", _offer), ("prices", _prices), ("rests", _rests),
    )  # fmt: skip
    valued = [good for good in goods if not good.is_deleted]  # 1C gives no prices of what is marked
    for kind, write in offers:
        told = goods if kind == "offers" else valued
        yield _name(base, kind, number), _file(_package(base, told, whole, write))


def _name(base: Base, kind: str, number: int) -> str:
    """Return a name as 1C makes it; those of one kind follow each other in the order of the portions."""
    key = str(uuid5(NAMESPACE_URL, f"{base.catalog.key}/{kind}/{number}"))
    return f"{kind}___{number:08d}{key[8:]}.xml"


def _file(inner: Iterator[str]) -> Iterator[str]:
    return parts.document("3.1", "commerceml_3", inner)


def _classifier(base: Base) -> Iterator[str]:
    units = "".join(
        f"<ЕдиницаИзмерения><Ид>{code}</Ид>{_MARK}<НаименованиеКраткое>{name}</НаименованиеКраткое><Код>{code}</Код>"
        f"<НаименованиеПолное>{name}</НаименованиеПолное></ЕдиницаИзмерения>\n"
        for name, code in _UNITS.items()
    )
    yield (
        f'<Классификатор СодержитТолькоИзменения="false">\n<Ид>{base.catalog.key}</Ид>\n'
        f"<Наименование>{base.catalog.name}</Наименование>\n{parts.groups(base, _MARK)}{parts.properties(base)}"
        f"{parts.price_types(base, CURRENCY, _MARK)}{parts.warehouses(base, _MARK)}"
        f"<ЕдиницыИзмерения>\n{units}</ЕдиницыИзмерения>\n</Классификатор>\n"
    )


def _goods(base: Base, goods: Sequence[Good], whole: str, has_codes: bool) -> Iterator[str]:
    yield (
        f'<Каталог СодержитТолькоИзменения="{whole}">\n<Ид>{base.catalog.key}</Ид>\n'
        f"<ИдКлассификатора>{base.catalog.key}</ИдКлассификатора>\n"
        f"<Наименование>{base.catalog.name}</Наименование>\n<Товары>\n"
    )
    for good in goods:
        yield _good(base, good, has_codes)
    yield "</Товары>\n</Каталог>\n"


def _package(base: Base, goods: Sequence[Good], whole: str, write: Callable[[Base, Good], str]) -> Iterator[str]:
    yield (
        f'<ПакетПредложений СодержитТолькоИзменения="{whole}">\n<Ид>{base.catalog.key}#</Ид>\n'
        f"<Наименование>Пакет предложений</Наименование>\n<ИдКаталога>{base.catalog.key}</ИдКаталога>\n"
        f"<ИдКлассификатора>{base.catalog.key}</ИдКлассификатора>\n<Предложения>\n"
    )
    for good in goods:
        yield write(base, good)
    yield "</Предложения>\n</ПакетПредложений>\n"


def _good(base: Base, good: Good, has_codes: bool) -> str:
    known = [("ВидНоменклатуры", "Товар"), ("ТипНоменклатуры", "Товар"), ("Полное наименование", good.name)]
    code = f"\t<Код>{good.code}</Код>\n" if has_codes else ""
    return (
        f"<Товар>\n\t<Ид>{good.key}</Ид>\n\t<НомерВерсии>AAAGwQAAAAA=40517</НомерВерсии>\n{_deleted(good)}"
        f"\t<Штрихкод>{good.barcode}</Штрихкод>\n\t<Артикул>{good.article}</Артикул>\n{code}"
        f"\t<Наименование>{escape(good.name)}</Наименование>\n"
        f"\t<БазоваяЕдиница>{_UNITS[good.unit]}</БазоваяЕдиница>\n"
        f"{parts.described(base, good)}{parts.requisites(known)}\t<Вес>{good.weight}</Вес>\n</Товар>\n"
    )


def _offer(_: Base, good: Good) -> str:
    return (
        f"<Предложение>\n\t<Ид>{good.key}</Ид>\n\t<НомерВерсии>AAAAAQAAAlE=</НомерВерсии>\n{_deleted(good)}"
        f"\t<Наименование>{escape(good.name)}</Наименование>\n</Предложение>\n"
    )


def _prices(base: Base, good: Good) -> str:
    return f"<Предложение>\n\t<Ид>{good.key}</Ид>\n{parts.prices(base, good, CURRENCY)}</Предложение>\n"


def _rests(base: Base, good: Good) -> str:
    stock = "".join(
        f"\t\t<Остаток>\n\t\t\t<Склад>\n\t\t\t\t<Ид>{one.key}</Ид>\n\t\t\t\t<Количество>{held}</Количество>\n"
        "\t\t\t</Склад>\n\t\t</Остаток>\n"
        for one, held in zip(base.warehouses, good.stock, strict=True)
    )
    return f"<Предложение>\n\t<Ид>{good.key}</Ид>\n\t<Остатки>\n{stock}\t</Остатки>\n</Предложение>\n"


def _deleted(good: Good) -> str:
    return f"\t<ПометкаУдаления>{'true' if good.is_deleted else 'false'}</ПометкаУдаления>\n"
