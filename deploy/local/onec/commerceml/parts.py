"""The elements that files of every version have in common, as texts."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from deploy.local.onec.commerceml.goods import Base, Good, Named

WRITTEN_AT = "2026-11-20T10:15:02"


def told(is_whole: bool) -> str:
    """Return what a list says of itself."""
    return "false" if is_whole else "true"


def document(version: str, namespace: str, inner: Iterable[str]) -> Iterator[str]:
    """Yield a whole file around its parts."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация xmlns="urn:1C.ru:{namespace}"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' ВерсияСхемы="{version}" ДатаФормирования="{WRITTEN_AT}">\n'
    )
    yield from inner
    yield "</КоммерческаяИнформация>\n"


def named(element: str, one: Named, more: str = "") -> str:
    return f"<{element}><Ид>{one.key}</Ид><Наименование>{escape(one.name)}</Наименование>{more}</{element}>\n"


def groups(base: Base, mark: str = "") -> str:
    """Return the groups: one root, and the categories of the base in it."""
    inner = "".join(named("Группа", group, mark) for group in base.groups.values())
    return f"<Группы>\n{named('Группа', base.root, f'{mark}<Группы>{inner}</Группы>')}</Группы>\n"


def properties(base: Base, element: str = "Свойство") -> str:
    values = "".join(
        f"<Справочник><ИдЗначения>{brand.key}</ИдЗначения><Значение>{escape(brand.name)}</Значение></Справочник>\n"
        for brand in base.brands.values()
    )
    of_brand = f"<ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений>{values}</ВариантыЗначений>"
    of_standard = "<ТипЗначений>Строка</ТипЗначений>"
    return (
        f"<Свойства>\n{named(element, base.brand, of_brand)}{named(element, base.standard, of_standard)}</Свойства>\n"
    )


def price_types(base: Base, currency: str, mark: str = "") -> str:
    more = (
        f"{mark}<Валюта>{currency}</Валюта><Налог><Наименование>НДС</Наименование>"
        "<УчтеноВСумме>true</УчтеноВСумме></Налог>"
    )
    return f"<ТипыЦен>\n{''.join(named('ТипЦены', one, more) for one in base.price_types)}</ТипыЦен>\n"


def warehouses(base: Base, mark: str = "") -> str:
    return f"<Склады>\n{''.join(named('Склад', one, mark) for one in base.warehouses)}</Склады>\n"


def prices(base: Base, good: Good, currency: str) -> str:
    """Return the prices of an offer; what is for people in them is never to be parsed."""
    return "\t<Цены>\n" + "".join(
        f"\t\t<Цена>\n\t\t\t<Представление> {price} {currency} за {good.unit}</Представление>\n"
        f"\t\t\t<ИдТипаЦены>{one.key}</ИдТипаЦены>\n\t\t\t<ЦенаЗаЕдиницу>{price}</ЦенаЗаЕдиницу>\n"
        f"\t\t\t<Валюта>{currency}</Валюта>\n\t\t\t<Коэффициент>1</Коэффициент>\n\t\t</Цена>\n"
        for one, price in zip(base.price_types, good.prices, strict=True)
    ) + "\t</Цены>\n"  # fmt: skip


def described(base: Base, good: Good) -> str:
    """Return what stands in a good of every version, behind its unit."""
    return (
        f"\t<Группы>\n\t\t<Ид>{good.group.key}</Ид>\n\t</Группы>\n"
        f"\t<Описание>{good.description}</Описание>\n"
        f"\t<Изготовитель>\n\t\t<Ид>{good.brand.key}</Ид>\n"
        f"\t\t<Наименование>{escape(good.brand.name)}</Наименование>\n\t</Изготовитель>\n"
        f"\t<Страна>{good.country}</Страна>\n"
        "\t<ЗначенияСвойств>\n"
        f"\t\t<ЗначенияСвойства>\n\t\t\t<Ид>{base.brand.key}</Ид>\n\t\t\t<Значение>{good.brand.key}</Значение>\n"
        "\t\t</ЗначенияСвойства>\n"
        f"\t\t<ЗначенияСвойства>\n\t\t\t<Ид>{base.standard.key}</Ид>\n\t\t\t<Значение>ГОСТ 31450-2013</Значение>\n"
        "\t\t</ЗначенияСвойства>\n\t</ЗначенияСвойств>\n"
        "\t<СтавкиНалогов>\n\t\t<СтавкаНалога>\n\t\t\t<Наименование>НДС</Наименование>\n\t\t\t<Ставка>12</Ставка>\n"
        "\t\t</СтавкаНалога>\n\t</СтавкиНалогов>\n"
    )


def requisites(pairs: Iterable[tuple[str, str]]) -> str:
    return "\t<ЗначенияРеквизитов>\n" + "".join(
        f"\t\t<ЗначениеРеквизита>\n\t\t\t<Наименование>{name}</Наименование>\n\t\t\t<Значение>{escape(value)}</Значение>\n"
        "\t\t</ЗначениеРеквизита>\n"
        for name, value in pairs
    ) + "\t</ЗначенияРеквизитов>\n"  # fmt: skip
