"""The words of classifiers are kept between runs, and written only where they differ."""

from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from integration.connectors.commerceml.classifier import GroupEntry, Property, Unit
from integration.values import classifier

from ..connectors.commerceml.building import classifier as written
from ..connectors.commerceml.building import file, package
from .lists import price_types, warehouses
from .runs import Base

GROUPS = (
    "<Группы><Группа><Ид>G-1</Ид><Наименование>Чаи</Наименование><Группы><Группа><Ид>G-2</Ид>"
    "<ПометкаУдаления>true</ПометкаУдаления><Наименование>Зелёные</Наименование></Группа></Группы></Группа></Группы>"
)
PROPERTIES = (
    "<Свойства><Свойство><Ид>P#1</Ид><Наименование>Цвет</Наименование><ПометкаУдаления>true</ПометкаУдаления>"
    "<ВариантыЗначений><Справочник><ИдЗначения>V-1</ИдЗначения><Значение>красный</Значение></Справочник>"
    "<Справочник><ИдЗначения>V-2</ИдЗначения><Значение>синий</Значение></Справочник></ВариантыЗначений></Свойство>"
    "<Свойство><Ид>P-2</Ид><Наименование>Размер</Наименование><ВариантыЗначений><Справочник><ИдЗначения>V-1</ИдЗначения>"
    "<Значение>XL</Значение></Справочник></ВариантыЗначений></Свойство></Свойства>"
)
UNITS = (
    "<ЕдиницыИзмерения><ЕдиницаИзмерения><Ид>U-1</Ид><Код>796</Код><НаименованиеКраткое>шт</НаименованиеКраткое>"
    "</ЕдиницаИзмерения></ЕдиницыИзмерения>"
)
CATEGORIES = "<Категории><Категория><Ид>C-1</Ид><Наименование>Напитки</Наименование></Категория></Категории>"
WORDS = GROUPS + PROPERTIES + price_types(retail="Розничная") + warehouses(w1="Склад") + UNITS + CATEGORIES


async def load(base: Base) -> Any:
    async with base.database.transaction() as connection:
        return await classifier.load(connection, base.integration_id)


async def test_what_was_kept_is_what_was_said(database: Database) -> None:
    base = await Base.made(database)
    first = await base.run(files=[file(written(WORDS))])
    kept = (await load(base))["c-1"]
    assert kept.groups == {"g-1": GroupEntry("Чаи", ""), "g-2": GroupEntry("Зелёные", "g-1", deleted=True)}
    assert kept.properties == {
        "p#1": Property("Цвет", {"v-1": "красный", "v-2": "синий"}, deleted=True),
        "p-2": Property("Размер", {"v-1": "XL"}),
    }
    assert (kept.price_types, kept.warehouses) == ({"t-retail": "Розничная"}, {"w1": "Склад"})
    assert (kept.units["u-1"], kept.units["796"]) == (Unit("шт", "796"), Unit("шт", "796"))
    assert (kept.categories, kept.is_changed) == ({"c-1": "Напитки"}, False)
    assert first.written["classifier_entry"] == kept.entries == 12


async def test_words_that_come_again_are_not_written(database: Database) -> None:
    base = await Base.made(database)
    await base.run(files=[file(written(WORDS))])
    assert "classifier_entry" not in (await base.run(files=[file(written(WORDS))])).written
    renamed = WORDS.replace("Чаи", "Чай")
    assert (await base.run(files=[file(written(renamed))])).written["classifier_entry"] == 1
    assert (await load(base))["c-1"].groups["g-1"].name == "Чай"


async def test_a_list_of_changes_leaves_the_other_words(database: Database) -> None:
    base = await Base.made(database)
    await base.run(files=[file(written(WORDS))])
    await base.run(files=[file(package("", price_types(trade="Оптовая")))])
    assert (await load(base))["c-1"].price_types == {"t-retail": "Розничная", "t-trade": "Оптовая"}


async def test_classifiers_and_integrations_are_kept_apart(database: Database) -> None:
    base = await Base.made(database)
    other = await base.other()
    await base.run(files=[file(written(price_types(retail="A"), "X") + written(price_types(retail="B"), "Y"))])
    assert [(key, one.price_types) for key, one in (await load(base)).items()] == [
        ("x", {"t-retail": "A"}), ("y", {"t-retail": "B"}),
    ]  # fmt: skip
    assert await load(other) == {}


async def test_files_without_words_stage_none(database: Database) -> None:
    base = await Base.made(database)
    await base.run(files=[file(written(WORDS))])
    run = await base.begin()
    async with database.transaction() as connection:
        await base.fetch(connection, run, [file(package(""))])
        cursor = await execute(
            connection, "select count(*) from staged_entry where job_id = %(id)s", {"id": run.job_id}
        )
        assert await cursor.fetchone() == (0,)


async def test_a_key_that_fits_no_index_is_not_kept(database: Database) -> None:
    base = await Base.made(database)
    await base.run(files=[file(written(price_types(**{"k" * 300: "Lang", "retail": "Kurz"})))])
    assert (await load(base))["c-1"].price_types == {"t-retail": "Kurz"}
