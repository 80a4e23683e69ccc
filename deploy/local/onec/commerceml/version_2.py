"""Files of schema 2.07, as UT 11 and its relatives make them: goods with their classifier, and offers."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from deploy.local.onec.commerceml import parts
from deploy.local.onec.commerceml.goods import Base, Good

CURRENCY = "сум"


def files(
    base: Base, goods: Sequence[Good], number: int, *, is_whole: bool, has_codes: bool
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the files of one portion: their names and texts. The classifier stands in each, its words in the first."""
    yield f"import0_{number}.xml", _file(_goods(base, goods, is_whole, has_codes, is_first=number == 1))
    yield f"offers0_{number}.xml", _file(_offers(base, goods, is_whole))


def _file(inner: Iterator[str]) -> Iterator[str]:
    return parts.document("2.07", "commerceml_2", inner)


def _goods(base: Base, goods: Sequence[Good], is_whole: bool, has_codes: bool, *, is_first: bool) -> Iterator[str]:
    yield _classifier(base, f"{parts.groups(base)}{parts.properties(base)}" if is_first else "")
    yield (
        f'<Каталог СодержитТолькоИзменения="{parts.told(is_whole)}">\n<Ид>{base.catalog.key}</Ид>\n'
        f"<ИдКлассификатора>{base.catalog.key}</ИдКлассификатора>\n"
        f"<Наименование>{base.catalog.name}</Наименование>\n<Товары>\n"
    )
    for good in goods:
        yield _good(base, good, has_codes)
    yield "</Товары>\n</Каталог>\n"


def _offers(base: Base, goods: Sequence[Good], is_whole: bool) -> Iterator[str]:
    yield _classifier(base, "")
    yield (
        f'<ПакетПредложений СодержитТолькоИзменения="{parts.told(is_whole)}">\n<Ид>{base.catalog.key}#</Ид>\n'
        f"<Наименование>Пакет предложений ({base.catalog.name})</Наименование>\n"
        f"<ИдКаталога>{base.catalog.key}</ИдКаталога>\n<ИдКлассификатора>{base.catalog.key}</ИдКлассификатора>\n"
        f"{parts.price_types(base, CURRENCY)}{parts.warehouses(base)}<Предложения>\n"
    )
    for good in goods:
        yield _offer(base, good)
    yield "</Предложения>\n</ПакетПредложений>\n"


def _classifier(base: Base, words: str) -> str:
    return parts.named("Классификатор", base.catalog, f"\n{words}")


def _good(base: Base, good: Good, has_codes: bool) -> str:
    status = ' Статус="Удален"' if good.is_deleted else ""
    known = [("ВидНоменклатуры", "Товар"), ("ТипНоменклатуры", "Товар"), ("Полное наименование", good.name)]
    coded = [("Код", good.code)] if has_codes else []
    return (
        f"<Товар{status}>\n\t<Ид>{good.key}</Ид>\n\t<Артикул>{good.article}</Артикул>\n"
        f"\t<Наименование>{escape(good.name)}</Наименование>\n\t<Штрихкод>{good.barcode}</Штрихкод>\n"
        f'\t<БазоваяЕдиница Код="796 " НаименованиеПолное="{good.unit}" МеждународноеСокращение="PCE">{good.unit}'
        "</БазоваяЕдиница>\n"
        f"{parts.described(base, good)}{parts.requisites([*known, *coded, ('Вес', good.weight)])}</Товар>\n"
    )


def _offer(base: Base, good: Good) -> str:
    quantities = zip(base.warehouses, good.stock, strict=True)
    stock = "".join(f'\t<Склад ИдСклада="{one.key}" КоличествоНаСкладе="{held}"/>\n' for one, held in quantities)
    return (
        f"<Предложение>\n\t<Ид>{good.key}</Ид>\n\t<Наименование>{escape(good.name)}</Наименование>\n"
        f"{parts.prices(base, good, CURRENCY)}\t<Количество>{sum(map(int, good.stock))}</Количество>\n{stock}"
        "</Предложение>\n"
    )
