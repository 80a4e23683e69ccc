"""What a record says of prices and stock, and what of it cannot be read."""

from decimal import Decimal
from typing import Any

import pytest
from integration.connectors.source import Child, Record
from integration.values.currencies import currency_code
from integration.values.offers import StagedOffer, offer_of


def of_price(**fields: Any) -> StagedOffer:
    price: Child = {"ИдТипаЦены": "t", "ЦенаЗаЕдиницу": "1", **fields}
    return offer_of(Record("p", {}, {"prices": [price]}, False, "place"), "prices")


@pytest.mark.parametrize(
    ("text", "value"),
    [("12.5", "12.5"), ("12,5", "12.5"), ("1 234,50", "1234.5"), ("1 234.50", "1234.5"), ("-3", "-3"), ("0", "0"),
     ("0.33333333333333333333", "0.333333"), ("9999999999999.99", "9999999999999.99")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: str) -> None:
    (found,) = of_price(ЦенаЗаЕдиницу=text).values
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"ЦенаЗаЕдиницу": "по запросу"}, "ЦенаЗаЕдиницу is not a number (price type t)"),
        ({"ЦенаЗаЕдиницу": "1" * 101}, "ЦенаЗаЕдиницу is not a number (price type t)"),
        ({"ЦенаЗаЕдиницу": "10000000000000"}, "ЦенаЗаЕдиницу is too large (price type t)"),
        ({"ЦенаЗаЕдиницу": "9999999999999.999"}, "ЦенаЗаЕдиницу is too large (price type t)"),
        ({"ЦенаЗаЕдиницу": "9999999999999", "Коэффициент": "0.1"}, "ЦенаЗаЕдиницу is too large (price type t)"),
        ({"Коэффициент": "0"}, "Коэффициент is not above 0 (price type t)"),
        ({"Коэффициент": "0.0000001"}, "Коэффициент is not above 0 (price type t)"),
        ({"Коэффициент": "дюжина"}, "Коэффициент is not a number (price type t)"),
        ({"МинКоличество": "много"}, "МинКоличество is not a number (price type t)"),
        ({"ИдТипаЦены": "t" * 256}, "ИдТипаЦены is 256 characters long, at most 255 fit"),
        ({"ИдТипаЦены": "", "ЦенаЗаЕдиницу": "x"}, "ЦенаЗаЕдиницу is not a number (no price type)"),
    ],
)
def test_a_reason_names_the_field_and_never_what_stands_there(fields: Any, reason: str) -> None:
    offer = of_price(**fields)
    assert (offer.reason, offer.values) == (reason, [])


def test_a_price_that_is_blank_is_none() -> None:
    assert (of_price(ЦенаЗаЕдиницу="").values, of_price(ЦенаЗаЕдиницу="").reason) == ([], None)


def test_a_key_that_fits_nowhere_is_an_error() -> None:
    offer = offer_of(Record("k" * 300, {}, {"prices": []}, False, "place"), "prices")
    assert offer.reason == "The key is 300 characters long, at most 255 fit"


def test_of_two_prices_of_one_type_and_quantity_the_last_counts() -> None:
    prices: list[Child] = [{"ИдТипаЦены": "t", "ЦенаЗаЕдиницу": text} for text in ("1", "2")]
    offer = offer_of(Record("p", {}, {"prices": prices}, False, "place"), "prices")
    assert [value.value for value in offer.values] == [Decimal(2)]


def of_stock(children: Any, deleted: bool = False, **fields: str) -> StagedOffer:
    return offer_of(Record("p#v", dict(fields), children, deleted, "place"), "stock")


def quantities(offer: StagedOffer) -> dict[str, Decimal | None]:
    return {value.of: value.value for value in offer.values}


def test_a_total_alone_is_no_list_of_warehouses() -> None:
    offer = of_stock({}, Количество="5")
    assert (quantities(offer), offer.is_list, offer.is_empty) == ({"": Decimal(5)}, False, False)
    assert offer.product_key == "p"


def test_warehouses_alone_leave_the_total_untouched() -> None:
    offer = of_stock({"warehouses": [{"Ид": "w", "Количество": "2"}, {"Ид": "x", "Количество": ""}]})
    assert (quantities(offer), offer.is_list, offer.is_empty) == ({"w": Decimal(2)}, True, False)


@pytest.mark.parametrize("offer", [of_stock({"warehouses": []}), of_stock({}, deleted=True)])
def test_an_empty_list_and_a_mark_take_the_total_away(offer: StagedOffer) -> None:
    assert (quantities(offer), offer.is_list, offer.is_empty) == ({"": None}, True, True)


def test_a_quantity_that_cannot_be_read_names_its_warehouse() -> None:
    assert of_stock({}, Количество="есть").reason == "Количество is not a number"
    for quantity in ("100000000", "99999999.999"):
        offer = of_stock({"warehouses": [{"Ид": "w", "Количество": quantity}]})
        assert offer.reason == "Количество is too large (warehouse w)"


@pytest.mark.parametrize(
    ("text", "code"),
    [("руб", "RUB"), ("руб.", "RUB"), ("RUR", "RUB"), ("643", "RUB"), ("сум", "UZS"), ("So‘m", "UZS"), ("грн", "UAH"),
     ("usd", "USD"), ("€", "EUR"), ("XYZ", "XYZ"), ("", None), ("условных единиц", None)],
)  # fmt: skip
def test_currencies_are_known_by_their_names(text: str, code: str | None) -> None:
    assert currency_code(text) == code
