"""The classifier: groups at any depth, and the words of which goods and offers name only the keys."""

import pytest
from integration.connectors.commerceml import Classifier
from integration.connectors.commerceml import classifier as words

from .building import catalogue, classifier, file, good, read


def group(key: str, inside: str = "") -> str:
    return f"<Группа><Ид>{key}</Ид><Наименование>Группа {key}</Наименование>{inside}</Группа>"


def groups(*of: str) -> str:
    return f"<Группы>{''.join(of)}</Группы>"


async def test_a_group_names_the_one_that_it_stands_in() -> None:
    tree = groups(group("A", groups(group("B", groups(group("C"), group("D"))))), group("E"))
    reading = await read(file(classifier(tree)))
    parents = {record.key: record.fields.get("Родитель") for record in reading.records["groups"]}
    assert parents == {"a": None, "b": "a", "c": "b", "d": "b", "e": None}
    assert reading.records["groups"][0].fields["Наименование"] == "Группа C"


async def test_a_group_that_stands_in_itself_has_no_parent_and_is_a_line() -> None:
    reading = await read(file(classifier(groups(group("A", groups(group("A")))))))
    assert [record.fields.get("Родитель") for record in reading.records["groups"]] == [None, None]
    assert reading.problems == ['1.xml: Группа 1: The group a stands in itself (the name is "Группа A")']


async def test_a_group_without_a_key_is_a_line_and_those_in_it_belong_to_the_next_one_up() -> None:
    keyless = f"<Группа><Наименование>Без ключа</Наименование>{groups(group('B'))}</Группа>"
    reading = await read(file(classifier(groups(group("A", groups(keyless))))))
    assert {record.key: record.fields.get("Родитель") for record in reading.records["groups"]} == {"b": "a", "a": None}
    assert reading.problems == ['1.xml: Группа 2: A group has no key (the name is "Без ключа")']


async def test_a_deleted_group_is_marked() -> None:
    marked = "<Группа><Ид>A</Ид><ПометкаУдаления>true</ПометкаУдаления><Наименование>А</Наименование></Группа>"
    assert (await read(file(classifier(groups(marked))))).one("groups").deleted


async def test_what_a_classifier_says_is_kept_by_its_key() -> None:
    classifiers: dict[str, Classifier] = {}
    said = (
        "<Свойства><Свойство><Ид>P-1</Ид><Наименование>Цвет</Наименование><ПометкаУдаления>true</ПометкаУдаления>"
        "</Свойство></Свойства><ТипыЦен><ТипЦены><Ид>T-1</Ид><Наименование>Опт</Наименование></ТипЦены></ТипыЦен>"
        "<Склады><Склад><Ид>W-1</Ид><Наименование>Склад</Наименование></Склад></Склады>"
        "<Категории><Категория><Ид>C-1</Ид><Наименование>Чаи</Наименование></Категория></Категории>"
    )
    reading = await read(file(classifier(said)), classifiers=classifiers)
    kept = classifiers["c-1"]
    assert (kept.properties["p-1"].name, kept.properties["p-1"].deleted) == ("Цвет", True)
    assert (kept.price_types, kept.warehouses, kept.categories) == ({"t-1": "Опт"}, {"w-1": "Склад"}, {"c-1": "Чаи"})
    assert reading.keys("price_types") == ["t-1"]
    assert reading.keys("warehouses") == ["w-1"]


async def test_an_entry_without_a_key_is_a_line() -> None:
    said = "<Свойства><Свойство><Наименование>Цвет</Наименование></Свойство></Свойства><Склады><Склад/></Склады>"
    reading = await read(file(classifier(said)))
    assert reading.problems == [
        "1.xml: Свойство 1: An element Свойство has no key",
        "1.xml: Склад 1: An element Склад has no key",
    ]


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_classifier_is_read_before_the_goods_wherever_it_comes(is_first: bool) -> None:
    said = "<Свойства><Свойство><Ид>P</Ид><Наименование>Цвет</Наименование></Свойство></Свойства>"
    value = "<ЗначенияСвойств><ЗначенияСвойства><Ид>P</Ид><Значение>x</Значение></ЗначенияСвойства></ЗначенияСвойств>"
    files = [file(classifier(said)), file(classifier("") + catalogue(good("1", value)))]
    reading = await read(*files[:: 1 if is_first else -1])
    assert reading.one("nomenklatura").fields["свойство:Цвет"] == "x"


async def test_a_classifier_larger_than_memory_allows_is_read_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_ENTRIES", 2)
    said = "".join(f"<Свойство><Ид>{key}</Ид><Наименование>С {key}</Наименование></Свойство>" for key in range(4))
    types = "".join(f"<ТипЦены><Ид>{key}</Ид></ТипЦены>" for key in range(3))
    reading = await read(file(classifier(f"<Свойства>{said}</Свойства><ТипыЦен>{types}</ТипыЦен>")))
    assert len(reading.records["price_types"]) == 3
    assert reading.problems == ["1.xml: Свойство 3: The classifier is too large: its further words are not used"]
