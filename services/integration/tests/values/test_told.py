"""A run tells what nobody chose, by names and keys; no price stands in anything that is told."""

import logging

import pytest
from ecatalog.db.database import Database

from ..connectors.commerceml.building import file as whole
from ..connectors.commerceml.building import package, price
from .lists import RETAIL, TRADE, price_types, prices, retail, stock, total, trade, warehouses
from .runs import Base, mapping

DECLARED = price_types(retail="Розничная", trade="Оптовая", old="Старая")
SECRET = "987654"


async def test_price_types_that_nobody_chose_are_named(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", retail("1"), trade("2"), price("3", "t-x")), declared=DECLARED)
    assert ended.warnings == ["3 price types came, none fills base_price: t-x, Оптовая (t-trade), Розничная (t-retail)"]


async def test_only_the_base_price_is_missed(database: Database) -> None:
    base = await Base.made(database, "p")
    offers = prices("p", retail("1"))
    assert (await base.run(offers, choices=mapping(price_types={"base_price": RETAIL}))).warnings == []
    (warning,) = (await base.run(offers, choices=mapping(price_types={"sale_price": RETAIL}))).warnings
    assert warning == "1 price type came, none fills base_price: t-retail"


async def test_a_chosen_type_that_nobody_knows_is_told(database: Database) -> None:
    base = await Base.made(database, "p")
    chosen = mapping(price_types={"base_price": "t-gone", "sale_price": TRADE})
    ended = await base.run(prices("p", retail("1")), declared=DECLARED, choices=chosen)
    assert ended.warnings == ["1 price type came, and t-gone, which fills base_price, is none of them"]


async def test_warehouses_that_nobody_chose_are_named(database: Database) -> None:
    base = await Base.made(database, "p")
    declared = warehouses(w1="Главный", w2="Второй")
    ended = await base.run(stock("p", w1="1", w3="2"), declared=declared)
    assert ended.warnings == ["2 warehouses came, none counts into stock_quantity: w3, Главный (w1)"]
    ended = await base.run(stock("p", w1="1"), choices=mapping(stock=["w1", "w2", "w9"]))
    assert ended.warnings == ["1 warehouse came, and none of these that count into stock_quantity: w9"]


async def test_a_total_that_nobody_chose_and_one_that_does_not_come(database: Database) -> None:
    base = await Base.made(database, "p")
    assert (await base.run(total("p", "1"))).warnings == ["Quantities in stock came, and nothing fills stock_quantity"]
    ended = await base.run(stock("p", w1="1"), choices=mapping(stock="total"))
    assert ended.warnings == ["1 warehouse came and no total, which fills stock_quantity"]


async def test_a_list_is_never_long(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", *(price("1", f"t-{number:02}") for number in range(30))))
    assert ended.warnings[0].count("t-") == 20
    assert ended.warnings[0].endswith("t-19, …")


async def test_a_currency_may_stand_beside_the_price_type(database: Database) -> None:
    base = await Base.made(database, "p")
    declared = f"<ТипыЦен><ТипЦены><Ид>{RETAIL}</Ид><Валюта>руб.</Валюта></ТипЦены></ТипыЦен>"
    chosen = mapping(price_types={"base_price": RETAIL})
    await base.run(prices("p", retail("1")), declared=declared, choices=chosen)
    assert base.products["p"] == {"base_price": "1.00", "currency": "RUB"}
    await base.run(prices("p", retail("2")), choices=chosen)  # the classifier was kept
    assert base.products["p"] == {"base_price": "2.00", "currency": "RUB"}


async def test_no_price_stands_in_what_is_told(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    base = await Base.made(database, "p")
    offers = [
        prices("p", retail(f"{SECRET}.10"), trade(f"{SECRET}x")),
        prices("late", retail(f"{SECRET}.20", f"<Представление>{SECRET} сум за шт</Представление>")),
        prices("q", retail(f"{SECRET}999999999")),
        prices("p", retail("1", f"<Коэффициент>-{SECRET}</Коэффициент>")),
        prices("late", retail(f"{SECRET}.30")),
    ]
    ended = await base.run(files=[whole(package("".join(offers), DECLARED))])
    assert len(ended.errors) == 4
    assert SECRET not in f"{ended.errors}{ended.warnings}{ended.counts}{await base.parked()}{caplog.text}"
    events = await database.fetch_rows("select o::text from outbox o")
    assert SECRET not in f"{events}"
    assert ended.sent == {"prices": {}, "stock": {}}
