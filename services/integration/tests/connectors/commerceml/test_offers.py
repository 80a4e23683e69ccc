"""Offers: prices, stock and variants, each only where an offer speaks of them."""

import pytest
from integration.connectors.source import Record

from .building import PRICE_TYPES, Reading, classifier, file, offer, package, price, read


async def offers(inside: str, declared: str = PRICE_TYPES) -> Reading:
    return await read(file(package(inside, declared)))


async def test_prices_are_a_list_of_what_1c_says_of_each() -> None:
    more = (
        "<Представление> 1\u00a0719 RUB за пара</Представление><Валюта>руб</Валюта><Единица>пара</Единица>"
        "<Коэффициент>24</Коэффициент><МинКоличество>10</МинКоличество>"
    )
    reading = await offers(offer("A", f"<Цены>{price('1719.50', 'T-1', more)}{price('2', 't-1')}</Цены>"))
    record = reading.one("prices")
    assert record.key == "a"
    assert record.children["prices"][0] == {
        "ИдТипаЦены": "t-1", "ЦенаЗаЕдиницу": "1719.50", "Представление": "1\u00a0719 RUB за пара", "Валюта": "руб",
        "Единица": "пара", "Коэффициент": "24", "МинКоличество": "10",
    }  # fmt: skip
    assert record.children["prices"][1]["ИдТипаЦены"] == "t-1"
    assert reading.records["stock"] == []
    assert reading.records["variants"] == []
    assert reading.problems == []


async def test_empty_prices_are_an_empty_list() -> None:
    assert (await offers(offer("A", "<Цены/>"))).one("prices").children == {"prices": []}


TWO = [{"Ид": "w-1", "Количество": "1"}, {"Ид": "w-2", "Количество": "-2.5"}]


@pytest.mark.parametrize(
    ("inside", "fields", "children"),
    [
        ("<Количество>5</Количество>", {"Количество": "5"}, {}),
        (
            '<Количество>-1</Количество><Склад ИдСклада="W-1" КоличествоНаСкладе="1"/>'
            '<Склад ИдСклада="W-2" КоличествоНаСкладе="-2.5"/>',
            {"Количество": "-1"}, {"warehouses": TWO},
        ),
        (
            '<Склады ИдСклада="W-1" КоличествоНаСкладе="1"/><Склады ИдСклада="W-2" КоличествоНаСкладе="-2.5"/>',
            {}, {"warehouses": TWO},
        ),
        (
            "<Остатки><Остаток><Склад><Ид>W-1</Ид><Количество>1</Количество></Склад></Остаток>"
            "<Остаток><Склад><Ид>W-2</Ид><Количество>-2.5</Количество></Склад></Остаток></Остатки>",
            {}, {"warehouses": TWO},
        ),
        ("<Остатки><Остаток><Количество>0</Количество></Остаток></Остатки>", {"Количество": "0"}, {}),
        ("<Остатки/>", {}, {"warehouses": []}),
    ],
    ids=["total", "attributes", "fast changes", "elements", "a rest alone", "none"],
)  # fmt: skip
async def test_stock_is_read_in_all_its_forms(
    inside: str, fields: dict[str, str], children: dict[str, list[dict[str, str]]]
) -> None:
    reading = await offers(offer("A", inside))
    record: Record = reading.one("stock")
    assert (record.fields, record.children) == (fields, children)
    assert reading.records["prices"] == []


async def test_a_characteristic_behind_the_key_makes_a_variant() -> None:
    reading = await offers(offer("A#B#C", f"<Наименование>Стол (Белый)</Наименование><Цены>{price('1')}</Цены>"))
    assert reading.keys("variants") == reading.keys("prices") == ["a#b#c"]
    assert reading.one("variants").fields["Наименование"] == "Стол (Белый)"


async def test_a_characteristic_in_an_element_of_its_own_belongs_to_the_key() -> None:
    stock = "<Склады ИдСклада='W' КоличествоНаСкладе='1'/>"
    inside = "".join(offer("A", f"<ИдХарактеристики>{name}</ИдХарактеристики>{stock}") for name in "XY")
    name = "ИзмененияПакетаПредложений"
    changes = f"<{name}><Ид>K-1#</Ид><Предложения>{inside}</Предложения></{name}>"
    reading = await read(file(changes))
    assert reading.keys("stock") == ["a#x", "a#y"]
    assert reading.records["variants"] == []


async def test_an_offer_with_prices_alone_says_nothing_of_its_variant() -> None:
    reading = await offers(offer("A#B", f"<Цены>{price('1')}</Цены>"))
    assert reading.records["variants"] == []
    assert reading.keys("prices") == ["a#b"]


async def test_one_good_may_have_offers_with_and_without_a_characteristic() -> None:
    named = "<Наименование>Чай</Наименование><Количество>1</Количество>"
    reading = await offers(offer("A", named) + offer("A#B", named))
    assert reading.keys("stock") == ["a", "a#b"]
    assert reading.keys("variants") == ["a#b"]


async def test_a_deleted_offer_is_marked_in_all_that_it_could_speak_of() -> None:
    reading = await offers(offer("A#B", "<ПометкаУдаления>true</ПометкаУдаления>"))
    assert [record.deleted for stream in ("variants", "prices", "stock") for record in reading.records[stream]] == [
        True,
        True,
        True,
    ]


async def test_an_offer_without_a_key_is_a_line_and_the_others_are_read() -> None:
    keyless = "<Предложение><Наименование>Чай</Наименование><Количество>1</Количество></Предложение>"
    reading = await offers(keyless + offer("B", "<Количество>2</Количество>"))
    assert reading.keys("stock") == ["b"]
    assert reading.problems == ['1.xml: Предложение 1: An offer has no key (the name is "Чай")']


async def test_a_price_type_that_nobody_declared_is_one_line() -> None:
    prices = f"<Цены>{price('1', 'T-9')}{price('1')}</Цены>"
    reading = await offers(offer("A", prices) + offer("B", prices))
    assert reading.problems == ["1.xml: Предложение 1: The price type t-9 is declared nowhere"]
    assert len(reading.records["prices"]) == 2


async def test_a_price_type_may_be_declared_by_another_file() -> None:
    prices = file(package(offer("A", f"<Цены>{price('1')}</Цены>")))
    for declaring in (file(classifier(PRICE_TYPES)), file(package("", PRICE_TYPES))):
        assert (await read(prices, declaring)).problems == []


async def test_price_types_and_warehouses_of_a_package_are_records() -> None:
    declared = PRICE_TYPES + (
        "<Склады><Склад><Ид>W-1</Ид><Наименование>Оптовый</Наименование><ПометкаУдаления>true</ПометкаУдаления>"
        "<Адрес><Представление>Ташкент</Представление></Адрес></Склад></Склады>"
    )
    reading = await offers("", declared)
    assert reading.one("price_types").fields["Наименование"] == "Розничная"
    warehouse = reading.one("warehouses")
    assert (warehouse.key, warehouse.deleted) == ("w-1", True)
    assert warehouse.fields["Адрес/Представление"] == "Ташкент"
