"""Goods: their fields by the names of 1C, their lists, their marks, and the products that variants stand for."""

import pytest
from integration.connectors.commerceml import Classifier
from integration.connectors.source import Record

from .building import catalogue, classifier, file, good, read


async def one(inside: str, words: str = "", **other: str) -> Record:
    return (await read(file(classifier(words) + catalogue(good("1", inside, **other))))).one("nomenklatura")


async def test_fields_have_the_names_of_elements_and_no_blanks_around() -> None:
    record = await one("<Артикул> А-1 \u00a0</Артикул><Код>0001</Код><Описание/>")
    assert record.key == "1"
    assert record.fields["Артикул"] == "А-1"
    assert record.fields["Код"] == "0001"
    assert record.fields["Описание"] == ""
    assert "Штрихкод" not in record.fields


async def test_the_key_is_written_in_small_letters() -> None:
    assert (await read(file(catalogue(good("ABC-Ж"))))).keys("nomenklatura") == ["abc-ж"]


REQUISITES = (
    "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование><Значение>Услуга</Значение>"
    "</ЗначениеРеквизита><ЗначениеРеквизита><Наименование>Файл</Наименование><Значение>a</Значение>"
    "<Значение>b</Значение></ЗначениеРеквизита><ЗначениеРеквизита><Значение>ничей</Значение></ЗначениеРеквизита>"
    "</ЗначенияРеквизитов>"
)


async def test_requisites_and_taxes_are_fields_by_their_own_names() -> None:
    record = await one(
        REQUISITES + "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка></СтавкаНалога>"
        "<СтавкаНалога><Наименование>Акциз</Наименование><Ставка>Без НДС</Ставка></СтавкаНалога></СтавкиНалогов>"
    )
    assert record.fields["реквизит:ТипНоменклатуры"] == "Услуга"
    assert record.fields["реквизит:Файл"] == ["a", "b"]
    assert record.fields["реквизит:"] == "ничей"
    assert record.fields["налог:НДС"] == "20"
    assert record.fields["налог:Акциз"] == "Без НДС"


def property_value(key: str, *values: str) -> str:
    shown = "".join(f"<Значение>{value}</Значение>" for value in values)
    return f"<ЗначенияСвойства><Ид>{key}</Ид>{shown}</ЗначенияСвойства>"


PROPERTIES = (
    "<Свойства><Свойство><Ид>P-1</Ид><Наименование>Бренд</Наименование><ТипЗначений>Справочник</ТипЗначений>"
    "<ВариантыЗначений><Справочник><ИдЗначения>V-1</ИдЗначения><Значение>Ёлка</Значение></Справочник>"
    "<Справочник><ИдЗначения>V-2</ИдЗначения><Значение>Липа</Значение></Справочник></ВариантыЗначений></Свойство>"
    "<Свойство><Ид>P-2</Ид><Наименование>Длина</Наименование></Свойство></Свойства>"
)


async def test_properties_are_fields_by_name_with_the_text_of_their_variant() -> None:
    values = property_value("p-1", "v-1", "V-2", "иное") + property_value("P-2", "1,4") + property_value("P-3", "x")
    record = await one(f"<ЗначенияСвойств>{values}</ЗначенияСвойств>", PROPERTIES)
    assert record.fields["свойство:Бренд"] == ["Ёлка", "Липа", "иное"]
    assert record.fields["свойство:Длина"] == "1,4"
    assert record.fields["свойство:p-3"] == "x"
    assert record.children["properties"] == [{"p-1": ["Ёлка", "Липа", "иное"], "p-2": "1,4", "p-3": "x"}]


async def test_a_property_that_no_classifier_knows_may_bring_its_name() -> None:
    value = "<ЗначенияСвойства><Ид>P</Ид><Наименование>Цвет</Наименование><Значение/></ЗначенияСвойства>"
    record = await one(f"<ЗначенияСвойств>{value}</ЗначенияСвойств>")
    assert record.fields["свойство:Цвет"] == ""


async def test_what_stands_inside_an_element_is_named_by_both() -> None:
    record = await one(
        "<Изготовитель><Ид>M</Ид><Наименование>Crazy Boom</Наименование></Изготовитель><Вес Единица='кг'>1</Вес>"
        "<Нечто>текст<Внутри><Ещё>1</Ещё></Внутри></Нечто>",
        attributes='Статус="Изменен"',
    )
    assert record.fields["Изготовитель"] == "Crazy Boom"
    assert record.fields["Изготовитель/Ид"] == "M"
    assert record.fields["Вес"] == "1"
    assert record.fields["Вес@Единица"] == "кг"
    assert record.fields["Товар@Статус"] == "Изменен"
    assert record.fields["Нечто"] == "текст"
    assert record.fields["Нечто/Внутри/Ещё"] == "1"


async def test_groups_barcodes_and_pictures_are_lists() -> None:
    record = await one(
        "<Группы><Ид>G-1</Ид><Ид>g-2</Ид></Группы><Штрихкод>460 </Штрихкод><ШтрихКод>461</ШтрихКод>"
        "<Картинка>import_files/bd/x.jpg</Картинка><Картинка/><Картинка>y.jpg</Картинка>"
    )
    assert record.children["groups"] == [{"Ид": "g-1"}, {"Ид": "g-2"}]
    assert record.children["barcodes"] == [{"Штрихкод": "460"}, {"Штрихкод": "461"}]
    assert record.children["pictures"] == [{"Картинка": "import_files/bd/x.jpg"}, {"Картинка": "y.jpg"}]
    assert record.fields["Штрихкод"] == "460"


async def test_lists_that_are_empty_are_there_and_those_not_spoken_of_are_not() -> None:
    children = (await one("<Группы/><Картинка/><Штрихкод/><ЗначенияСвойств/>")).children
    assert {name: list_ for name, list_ in children.items() if name != "units"} == {
        "groups": [], "pictures": [], "barcodes": [], "properties": [],
    }  # fmt: skip
    assert set((await one("<Картинка>x.png</Картинка>")).children) == {"units", "pictures"}


async def test_a_category_is_its_name() -> None:
    words = "<Категории><Категория><Ид>C-1</Ид><Наименование>Чаи</Наименование></Категория></Категории>"
    assert (await one("<Категория>c-1</Категория>", words)).fields["Категория"] == "Чаи"
    assert (await one("<Категория>c-2</Категория>", words)).fields["Категория"] == "c-2"


def bare(inside: str) -> str:
    return f"<Товар><Ид>1</Ид><Наименование>Чай</Наименование>{inside}</Товар>"


async def test_a_unit_has_its_code_its_names_and_its_conversion() -> None:
    record = (
        await read(
            file(
                catalogue(
                    bare(
                        '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">\n'
                        "<Пересчет><Единица>778</Единица><Коэффициент>10</Коэффициент></Пересчет></БазоваяЕдиница>"
                    )
                )
            )
        )
    ).one("nomenklatura")
    assert record.fields["БазоваяЕдиница@Код"] == "796"
    assert record.fields["БазоваяЕдиница/Пересчет/Коэффициент"] == "10"
    assert "БазоваяЕдиница" not in record.fields
    assert record.children["units"][0]["НаименованиеПолное"] == "Штука"


UNITS = (
    "<ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>U-1</Ид><НаименованиеКраткое>упак</НаименованиеКраткое><Код>778 </Код>"
    "<НаименованиеПолное>Упаковка          </НаименованиеПолное></ЕдиницаИзмерения></ЕдиницыИзмерения>"
)


@pytest.mark.parametrize("named", ["778 ", "u-1"])
async def test_a_unit_that_is_named_by_code_or_key_is_that_of_the_classifier(named: str) -> None:
    unit = f"<БазоваяЕдиница>{named}</БазоваяЕдиница>"
    reading = await read(file(classifier(UNITS) + catalogue(bare(unit)), version="3.1"))
    assert reading.one("nomenklatura").fields["БазоваяЕдиница"] == "упак"
    assert reading.one("nomenklatura").fields["БазоваяЕдиница@Код"] == "778"
    assert reading.problems == []


async def test_a_unit_without_a_code_is_a_line() -> None:
    reading = await read(file(catalogue(bare("<БазоваяЕдиница>шт</БазоваяЕдиница>"))))
    assert reading.problems == ['1.xml: Товар 1: The unit has no code (the name is "шт")']
    assert reading.one("nomenklatura").fields["БазоваяЕдиница"] == "шт"


@pytest.mark.parametrize(
    ("marked", "deleted"),
    [
        ('<Товар Статус="Удален"><Ид>1</Ид></Товар>', True),
        ("<Товар><Ид>1</Ид><Статус>Удален</Статус></Товар>", True),
        ("<Товар><Ид>1</Ид><Статус> Удалён </Статус></Товар>", True),
        ("<Товар><Ид>1</Ид><ПометкаУдаления>true</ПометкаУдаления></Товар>", True),
        ("<Товар><Ид>1</Ид><ПометкаУдаления>Да</ПометкаУдаления></Товар>", True),
        ('<Товар Статус="Новый"><Ид>1</Ид></Товар>', False),
        ("<Товар><Ид>1</Ид><Статус>Изменен</Статус></Товар>", False),
        ("<Товар><Ид>1</Ид><ПометкаУдаления>false</ПометкаУдаления></Товар>", False),
        ("<Товар><Ид>1</Ид><ПометкаУдаления/></Товар>", False),
    ],
)
async def test_the_three_forms_of_deletion_are_a_mark(marked: str, deleted: bool) -> None:
    assert (await read(file(catalogue(marked)))).one("nomenklatura").deleted is deleted


async def test_a_good_without_a_key_is_a_line_and_the_others_are_read() -> None:
    reading = await read(file(catalogue("<Товар><Наименование>Чай</Наименование></Товар>" + good("2"))))
    assert reading.keys("nomenklatura") == ["2"]
    assert reading.problems == ['1.xml: Товар 1: A good has no key (the name is "Чай")']


CHARACTERISTICS = (
    "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Цвет</Наименование><Значение>Белый</Значение>"
    "</ХарактеристикаТовара></ХарактеристикиТовара>"
)


async def test_a_key_with_a_characteristic_is_a_variant_and_the_first_makes_the_product() -> None:
    goods = (
        good("A#1", CHARACTERISTICS + "<Штрихкод>1</Штрихкод><Артикул>Б-1</Артикул>", name="Стол (дачный) (Белый)")
        + good("A#2", name="Стол (дачный) (Красный)")
        + good("B#1", attributes='Статус="Удален"')
    )
    reading = await read(file(catalogue(goods)))
    assert reading.keys("variants") == ["a#1", "a#2", "b#1"]
    assert reading.records["variants"][0].fields["характеристика:Цвет"] == "Белый"
    product = reading.one("nomenklatura")
    assert (product.key, product.is_derived, product.deleted) == ("a", True, False)
    assert product.fields["Ид"] == "a"
    assert product.fields["Наименование"] == "Стол (дачный)"
    assert product.fields["Артикул"] == "Б-1"
    assert not {"Штрихкод", "характеристика:Цвет"} & set(product.fields)
    assert "barcodes" not in product.children


@pytest.mark.parametrize(
    ("name", "inside", "shown"),
    [
        ("Стол обеденный", CHARACTERISTICS, "Стол обеденный"),
        ("Стол (дачный)", CHARACTERISTICS, "Стол (дачный)"),
        ("Стол (Белый, большой)", CHARACTERISTICS, "Стол"),
        ("Ботфорты (38)", "", "Ботфорты"),
        ("Кран (3/4) (ВР (НР))", "", "Кран (3/4)"),
        ("(38)", "", "(38)"),
        ("Стол)", "", "Стол)"),
    ],
)
async def test_the_characteristic_is_taken_off_the_name(name: str, inside: str, shown: str) -> None:
    reading = await read(file(catalogue(good("A#1", inside, name=name))))
    assert reading.one("nomenklatura").fields["Наименование"] == shown


async def test_the_words_of_an_earlier_set_are_used_and_those_of_this_one_kept() -> None:
    classifiers: dict[str, Classifier] = {}
    await read(file(classifier(PROPERTIES)), classifiers=classifiers)
    value = f"<ЗначенияСвойств>{property_value('P-1', 'V-1')}</ЗначенияСвойств>"
    reading = await read(file(catalogue(good("1", value))), classifiers=classifiers)
    assert reading.one("nomenklatura").fields["свойство:Бренд"] == "Ёлка"
    renamed = "<Свойства><Свойство><Ид>P-2</Ид><Наименование>Ширина</Наименование></Свойство></Свойства>"
    await read(file(classifier(renamed)), classifiers=classifiers)
    names = {key: known.name for key, known in classifiers["c-1"].properties.items()}
    assert names == {"p-1": "Бренд", "p-2": "Ширина"}
