"""The columns are made of prices and quantities by what Staff chose, and by nothing else."""

from typing import Any

import pytest
from ecatalog.db.database import Database

from ..connectors.commerceml.building import offer, price
from .lists import COST, RETAIL, TRADE, prices, retail, stock, total, trade
from .runs import Base, Ended, mapping

CHOSEN = mapping(price_types={"base_price": RETAIL, "sale_price": TRADE})


async def columns(database: Database, *offers: str, **choices: Any) -> dict[str, Any]:
    """The columns of one product after a list, chosen before it came; the same when they are chosen afterwards."""
    chosen = mapping(**choices)
    base = await Base.made(database, "p")
    ended = await base.run(*offers)
    assert ended.sent == {"prices": {}, "stock": {}}
    assert base.products == {"p": {}}
    await base.run(choices=chosen, version=2)
    later = base.products["p"]
    base.products = {"p": {}}
    await database.execute("delete from source_value")
    await base.run(*offers, choices=chosen, version=2)
    assert base.products["p"] == later
    return later


def of_prices(**types: str) -> dict[str, Any]:
    return {"price_types": types}


async def test_nothing_is_filled_before_something_is_chosen(database: Database) -> None:
    base = await Base.made(database, "p")
    ended = await base.run(prices("p", retail("12.5"), trade("10")), stock("p", w1="5") + total("p", "5"))
    assert ended.sent == {"prices": {}, "stock": {}}
    assert await base.kept("prices") == {("p", RETAIL): "12.5", ("p", TRADE): "10"}
    assert await base.kept("stock") == {("p", ""): "5", ("p", "w1"): "5"}


async def test_chosen_types_fill_their_columns_and_the_base_price_brings_the_currency(database: Database) -> None:
    offers = prices("p", retail("12.5", "<Валюта>сум</Валюта>"), trade("10", "<Валюта>USD</Валюта>"))
    found = await columns(database, offers, **of_prices(base_price=RETAIL, sale_price=TRADE))
    assert found == {"base_price": "12.50", "sale_price": "10.00", "currency": "UZS"}


async def test_without_a_base_price_the_currency_is_left_alone(database: Database) -> None:
    found = await columns(database, prices("p", trade("10", "<Валюта>USD</Валюта>")), **of_prices(sale_price=TRADE))
    assert found == {"sale_price": "10.00"}


async def test_one_type_may_fill_two_columns(database: Database) -> None:
    found = await columns(database, prices("p", retail("7")), **of_prices(base_price=RETAIL, cost_price=RETAIL))
    assert found == {"base_price": "7.00", "cost_price": "7.00"}


@pytest.mark.parametrize(
    ("value", "coefficient", "expected"),
    [("240", "24", "10.00"), ("100", "24", "4.17"), ("0.29", "2", "0.15"), ("12,345", "1", "12.35"), ("5", "", "5.00")],
)
async def test_a_price_of_many_is_divided_and_rounded_half_up(
    database: Database, value: str, coefficient: str, expected: str
) -> None:
    offers = prices("p", retail(value, f"<Коэффициент>{coefficient}</Коэффициент>"))
    assert await columns(database, offers, **of_prices(base_price=RETAIL)) == {"base_price": expected}


async def test_of_two_quantities_the_smaller_one_counts(database: Database) -> None:
    least = [f"<МинКоличество>{quantity}</МинКоличество>" for quantity in ("100", "10")]
    offers = prices("p", retail("8", least[0]), retail("9", least[1]))
    assert await columns(database, offers, **of_prices(base_price=RETAIL)) == {"base_price": "9.00"}


async def test_a_product_without_a_price_of_its_own_has_the_lowest_of_its_variants(database: Database) -> None:
    variants = [prices("p#red", retail("20"), trade("15")), prices("p#blue", retail("18"), trade("16"))]
    chosen = of_prices(base_price=RETAIL, sale_price=TRADE)
    assert await columns(database, *variants, **chosen) == {"base_price": "18.00", "sale_price": "15.00"}


async def test_a_price_of_its_own_counts_before_those_of_variants(database: Database) -> None:
    offers = [prices("p", retail("25")), prices("p#red", retail("20"), trade("15"))]
    chosen = of_prices(base_price=RETAIL, sale_price=TRADE)
    assert await columns(database, *offers, **chosen) == {"base_price": "25.00", "sale_price": "15.00"}


async def test_a_variant_is_named_by_an_element_as_well(database: Database) -> None:
    inside = f"<ИдХарактеристики>RED</ИдХарактеристики><Цены>{retail('20')}</Цены>"
    assert await columns(database, offer("P", inside), **of_prices(base_price=RETAIL)) == {"base_price": "20.00"}


async def test_the_total_is_of_the_product_and_its_variants(database: Database) -> None:
    offers = [total("p", "2"), total("p#red", "3,5"), stock("p", w1="9")]
    assert await columns(database, *offers, stock="total") == {"stock_quantity": "5.50"}


async def test_negative_stock_is_kept_as_it_is(database: Database) -> None:
    assert await columns(database, total("p", "-3"), stock="total") == {"stock_quantity": "-3.00"}


async def test_two_of_three_warehouses_count(database: Database) -> None:
    offers = [stock("p", w1="1", w2="2", w3="4"), stock("p#red", w1="8", w3="16")]
    assert await columns(database, *offers, stock=["w1", "w2"]) == {"stock_quantity": "11.00"}


async def test_what_lies_in_other_warehouses_is_nothing(database: Database) -> None:
    assert await columns(database, stock("p", w3="4"), stock=["w1", "w2"]) == {"stock_quantity": "0.00"}


async def test_a_total_is_no_warehouse(database: Database) -> None:
    assert await columns(database, total("p", "4"), stock=["w1"]) == {"stock_quantity": None}


async def second(database: Database, *later: str, complete: str = "yes") -> tuple[Base, Ended]:
    """A base of which a first list has come, after the second one."""
    base = await Base.made(database, "p", "q")
    first = [prices("p", retail("12"), trade("10")), prices("q", retail("20"), trade("18"))]
    await base.run(*first, choices=CHOSEN)
    return base, await base.run(*later, choices=CHOSEN, complete=complete)


async def test_a_type_that_a_list_speaks_for_and_does_not_name_is_gone(database: Database) -> None:
    base, _ = await second(database, prices("p", retail("13")), prices("q", retail("20"), trade("18")))
    assert base.products["p"] == {"base_price": "13.00", "sale_price": None}
    assert base.products["q"] == {"base_price": "20.00", "sale_price": "18.00"}
    assert await base.kept("prices") == {("p", RETAIL): "13", ("q", RETAIL): "20", ("q", TRADE): "18"}


async def test_a_type_that_the_kept_classifier_declares_is_spoken_for(database: Database) -> None:
    base = await Base.made(database, "p")
    declared = f"<ТипыЦен><ТипЦены><Ид>{TRADE}</Ид></ТипЦены></ТипыЦен>"
    await base.run(prices("p", retail("12"), trade("10")), declared=declared, choices=CHOSEN)
    await base.run(prices("p", retail("13")), choices=CHOSEN, complete="changes")
    assert base.products["p"] == {"base_price": "13.00", "sale_price": None}


async def test_a_list_of_other_types_leaves_these_alone(database: Database) -> None:
    base, ended = await second(database, prices("p", price("3", COST)), complete="changes")
    assert base.products["p"] == {"base_price": "12.00", "sale_price": "10.00"}
    assert ended.sent["prices"] == {"p": {"base_price": "12.00", "sale_price": "10.00"}}
    assert (await base.kept("prices"))["p", COST] == "3"


@pytest.mark.parametrize("empty", [prices("p"), offer("p", "<ПометкаУдаления>true</ПометкаУдаления>")])
async def test_an_empty_list_and_a_mark_remove(database: Database, empty: str) -> None:
    base, _ = await second(database, empty, prices("q", retail("20"), trade("18")))
    assert base.products["p"] == {"base_price": None, "sale_price": None}
    assert await base.kept("prices") == {("q", RETAIL): "20", ("q", TRADE): "18"}


async def test_what_does_not_come_is_left_alone(database: Database) -> None:
    base, ended = await second(database, prices("p", retail("13"), trade("10")))
    assert base.products["q"] == {"base_price": "20.00", "sale_price": "18.00"}
    assert list(ended.sent["prices"]) == ["p"]


async def test_an_empty_list_of_warehouses_takes_the_total_away_as_well(database: Database) -> None:
    base = await Base.made(database, "p")
    chosen = mapping(stock="total")
    await base.run(total("p", "7"), stock("p", w1="7"), choices=chosen)
    await base.run(stock("p"), stock("q", w1="1"), choices=chosen)
    assert base.products["p"] == {"stock_quantity": None}
    assert await base.kept("stock") == {("q", "w1"): "1"}


async def test_a_total_says_nothing_of_warehouses(database: Database) -> None:
    base = await Base.made(database, "p")
    chosen = mapping(stock=["w1"])
    await base.run(stock("p", w1="7"), choices=chosen)
    await base.run(total("p", "9"), stock("q", w1="1"), choices=chosen)
    assert base.products["p"] == {"stock_quantity": "7.00"}


async def test_an_other_choice_makes_all_columns_anew(database: Database) -> None:
    base = await Base.made(database, "p", "q")
    await base.run(prices("p", retail("12"), trade("10")), prices("q", trade("5")), choices=CHOSEN)
    ended = await base.run(choices=mapping(price_types={"base_price": TRADE}), version=2, complete="unknown")
    assert ended.sent["prices"] == {"p": {"base_price": "10.00"}, "q": {"base_price": "5.00"}}
    assert (await base.run(choices=mapping(price_types={"base_price": TRADE}), version=2)).sent["prices"] == {}
