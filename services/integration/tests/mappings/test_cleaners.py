from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from ecatalog.testing.values import BOOLEANS, CODES, DAYS, NUMBERS, PERCENTS, REFUSED, Table
from hypothesis import given
from hypothesis import strategies as st
from integration.mappings.cleaners import (
    BadValue,
    Cleaner,
    boolean,
    code,
    day,
    decimal,
    integer,
    inverted,
    json_list,
    json_object,
    text,
)

MONEY = decimal(15, 2)
RATING = decimal(3, 2)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("12000.50", "12000.50"),
        ("5356620", "5356620"),
        ("41,31", "41.31"),
        ("-41,5", "-41.50"),
        ("+5", "5.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("14 227", "14227.00"),
        ("14\u00a0227,5", "14227.50"),
        ("1\u202f234\u202f567.891", "1234567.89"),
        ("1.234,56", "1234.56"),
        ("0.005", "0.01"),
        ("0.004", "0.00"),
        ("9999999999999.99", "9999999999999.99"),
        ("000000000000000000001.10", "1.10"),
    ],
)
def test_decimal_reads_what_1c_writes(given: str, kept: str) -> None:
    assert MONEY(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "abc",
        "договорная",
        "1,2,3",
        "1.2.3",
        "1e5",
        "NaN",
        "Infinity",
        "٣",
        "½",
        "--1",
        "1-",
        "5" * 200,
        "0x10",
    ],
)
def test_decimal_refuses_what_is_no_number(given: str) -> None:
    with pytest.raises(BadValue, match="is not a number"):
        MONEY(given)


@pytest.mark.parametrize(
    "given", ["99999999999999999.99", "10000000000000", "9999999999999.995", "-10000000000000", "9" * 90]
)
def test_decimal_refuses_what_overflows(given: str) -> None:
    with pytest.raises(BadValue, match=r"is too large, at most 9999999999999\.99 fits"):
        MONEY(given)


def test_rating_that_overflows_is_refused() -> None:
    assert RATING("4.5") == "4.5"
    with pytest.raises(BadValue, match=r'"99999" is too large, at most 9\.99 fits'):
        RATING("99999")


@given(st.decimals(min_value=-(10**13) + 1, max_value=10**13 - 1, allow_nan=False, places=4), st.booleans())
def test_any_number_that_fits_is_kept_to_the_places(number: Decimal, comma: bool) -> None:
    plain = format(number, "f")
    kept = MONEY(plain.replace(".", ",") if comma else plain)
    assert Decimal(kept) == number.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.text(max_size=40))
def test_decimal_gives_a_storable_number_or_refuses(value: str) -> None:
    try:
        kept = MONEY(value)
    except BadValue:
        return
    assert kept.isascii()
    assert abs(Decimal(kept)) < 10**13
    assert -Decimal(kept).as_tuple().exponent <= 2  # type: ignore[operator]  # never NaN


@pytest.mark.parametrize(
    ("given", "kept"), [("7", 7), ("7.0", 7), ("7,00", 7), ("1 500", 1500), ("-2147483648", -(2**31))]
)
def test_integer_reads_whole_numbers(given: str, kept: int) -> None:
    assert integer(given) == kept


@pytest.mark.parametrize(
    ("given", "why"), [("7.5", "is not a whole number"), ("2147483648", "is too large"), ("x", "is not a number")]
)
def test_integer_refuses_the_rest(given: str, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        integer(given)


@pytest.mark.parametrize("given", ["true", "True", "1", "Да", "ДА", "Истина", "yes", "ha"])
def test_true_in_any_spelling(given: str) -> None:
    assert boolean(given) is True
    assert inverted(given) is False


@pytest.mark.parametrize("given", ["false", "FALSE", "0", "Нет", "ложь", "no", "yo'q"])
def test_false_in_any_spelling(given: str) -> None:
    assert boolean(given) is False
    assert inverted(given) is True


def test_other_words_are_no_boolean() -> None:
    with pytest.raises(BadValue, match='"возможно" is neither true nor false'):
        boolean("возможно")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2020-12-31", "2020-12-31"),
        ("2020-12-31T00:00:00", "2020-12-31"),
        ("2020-12-31T23:59:59+05:00", "2020-12-31"),
        ("31.12.2020", "2020-12-31"),
        ("1.2.2020", "2020-02-01"),
        ("31.12.2020 0:00:00", "2020-12-31"),
        ("20201231", "2020-12-31"),
        ("20201231235959", "2020-12-31"),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T15:00:00", None),
        ("01.01.0001 0:00:00", None),
        ("00010101000000", None),
    ],
)
def test_day_reads_the_dates_of_1c(given: str, kept: str | None) -> None:
    assert day(given) == kept


@pytest.mark.parametrize("given", ["31.02.2020", "2020-13-01", "вчера", "12/31/2020", "2020", "20201301", "0000-00-00"])
def test_day_refuses_the_rest(given: str) -> None:
    with pytest.raises(BadValue, match="is not a date"):
        day(given)


@given(st.dates(min_value=date(2, 1, 1)))
def test_every_date_is_read_in_every_form(given: date) -> None:
    year, month, number = f"{given.year:04}", f"{given.month:02}", f"{given.day:02}"
    assert {
        day(f"{year}-{month}-{number}T00:00:00"),
        day(f"{number}.{month}.{year}"),
        day(f"{year}{month}{number}000000"),
    } == {given.isoformat()}


@pytest.mark.parametrize(
    ("given", "kept"), [('["a","b"]', ["a", "b"]), ("новинка, хит,", ["новинка", "хит"]), ("[]", [])]
)
def test_json_list_takes_json_and_commas(given: str, kept: list[Any]) -> None:
    assert json_list(given) == kept


@pytest.mark.parametrize("given", ["[1,", '["\\u0000"]', "[" * 300 + "]" * 300])
def test_json_list_refuses_what_cannot_be_stored(given: str) -> None:
    with pytest.raises(BadValue, match="is not a JSON list"):
        json_list(given)


def test_json_object_takes_only_objects() -> None:
    assert json_object('{"a": 1}') == {"a": 1}
    with pytest.raises(BadValue, match="is not a JSON object"):
        json_object("[1]")


def test_text_longer_than_the_column_is_refused() -> None:
    assert text(3)("абв") == "абв"
    with pytest.raises(BadValue, match="is 4 characters long, at most 3 fit"):
        text(3)("абвг")


def test_long_bad_value_is_shortened_in_the_reason() -> None:
    with pytest.raises(BadValue) as refused:
        MONEY("x" * 5000)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("clean", "table"),
    [
        (boolean, BOOLEANS),
        (day, DAYS),
        (MONEY, NUMBERS),
        (decimal(5, 2, percent=True), PERCENTS),
        (code(255), CODES),
    ],
)
def test_a_text_means_what_it_means_everywhere(clean: Cleaner, table: Table) -> None:
    assert {text: _meaning(clean, text.strip()) for text, _ in table} == dict(table)


def _meaning(clean: Cleaner, text: str) -> Any:
    try:
        value = clean(text)
    except BadValue:
        return REFUSED
    return format(Decimal(value), ".2f") if clean.__qualname__.startswith("decimal") else value
