"""Filters and orderings give SQL or the contract's error."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from ecatalog.core.errors import FieldErrors
from ecatalog.entities.filters import (
    FilterSet,
    Where,
    at_least,
    contains,
    exact,
    exact_ignoring_case,
    flag,
    has_trigram,
    one_of,
    only_if_true,
    order_by,
    order_sql,
    order_terms,
    reversed_terms,
    whole_days,
)

FILTERS = FilterSet(
    exact("code"),
    exact_ignoring_case("brand"),
    contains("name_contains", "name"),
    at_least("price_min", "price"),
    flag("is_active"),
    only_if_true("in_stock", "t.stock > 0"),
    one_of("description_status", {"with": "t.description <> ''", "without": "t.description is null"}),
    whole_days("created", "created_at"),
)


def applied(query: dict[str, str]) -> tuple[str, list[Any]]:
    where = Where()
    FILTERS.apply(query, where)
    return where.sql, list(where.parameters.values())


GOOD: list[tuple[dict[str, str], str, list[Any]]] = [
    ({}, "true", []),
    ({"code": ""}, "true", []),
    ({"code": "A"}, "t.code = %(f0)s", ["A"]),
    ({"brand": "Nestle"}, "lower(t.brand) = lower(%(f0)s)", ["Nestle"]),
    ({"name_contains": "50%_\\"}, "t.name ilike %(f0)s", ["%50\\%\\_\\\\%"]),
    ({"price_min": "1.5"}, "t.price >= %(f0)s", [Decimal("1.5")]),
    ({"is_active": "true"}, "t.is_active", []),
    ({"is_active": "False"}, "not t.is_active", []),
    ({"is_active": "1"}, "true", []),
    ({"is_active": "garbage"}, "true", []),
    ({"in_stock": "true"}, "t.stock > 0", []),
    ({"in_stock": "false"}, "true", []),
    ({"description_status": "with"}, "t.description <> ''", []),
]


@pytest.mark.parametrize(("query", "sql", "parameters"), GOOD)
def test_filter_gives_sql(query: dict[str, str], sql: str, parameters: list[Any]) -> None:
    assert applied(query) == (sql, parameters)


BAD = [
    ({"price_min": "abc"}, {"price_min": ["Enter a number."]}),
    ({"price_min": "NaN"}, {"price_min": ["Enter a number."]}),
    ({"price_min": "1e99999"}, {"price_min": ["Enter a number."]}),
    ({"created_from": "23.11.2026"}, {"created_from": ["Enter a valid date."]}),
    ({"created_from": "2026-11-23T10:00"}, {"created_from": ["Enter a valid date."]}),
    (
        {"description_status": "x"},
        {"description_status": ["Select a valid choice. x is not one of the available choices."]},
    ),
    ({"code": "\x00"}, {"code": ["Null characters are not allowed."]}),
    ({"code": "x" * 1001}, {"code": ["Enter a valid value."]}),
]


@pytest.mark.parametrize(("query", "errors"), BAD)
def test_unreadable_value_is_refused(query: dict[str, str], errors: dict[str, list[str]]) -> None:
    with pytest.raises(FieldErrors) as refused:
        applied(query)
    assert refused.value.body == errors


@pytest.mark.parametrize("day", ["2026-01-02", "01/02/2026", "Jan 2 2026", "January 2, 2026", "2 Jan 2026"])
def test_days_are_whole_days_of_tashkent(day: str) -> None:
    _, (start,) = applied({"created_from": day})
    _, (end,) = applied({"created_to": day})
    assert start == datetime.fromisoformat("2026-01-02T00:00:00+05:00")
    assert end == datetime.fromisoformat("2026-01-03T00:00:00+05:00")


ORDERS = [
    ("", "t.created_at desc, t.id desc"),
    ("name", "t.name asc, t.id asc"),
    ("-name,code", "t.name desc, t.code asc, t.id asc"),
    ("unknown", "t.created_at desc, t.id desc"),
    ("name;drop table x,name", "t.name asc, t.id asc"),
    ("-id,name", "t.id desc, t.name asc"),
    ("name,-name", "t.name asc, t.id asc"),
]


@pytest.mark.parametrize(("raw", "sql"), ORDERS)
def test_ordering_gives_sql(raw: str, sql: str) -> None:
    assert order_by(raw, frozenset({"id", "name", "code", "created_at"}), "-created_at") == sql


def test_every_filter_is_an_openapi_parameter() -> None:
    names = [parameter["name"] for parameter in FILTERS.parameters]
    assert names == [
        "code", "brand", "name_contains", "price_min", "is_active", "in_stock", "description_status", "created_from",
        "created_to",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", True),
        ("a1б", True),
        ("x-makita", True),
        ("ab", False),
        ("a-b-c", False),
        ("1.5", False),
        ("a_bc", False),
    ],
)
def test_index_is_asked_only_for_text_with_a_trigram(text: str, expected: bool) -> None:
    assert has_trigram(text) is expected


@pytest.mark.parametrize(("raw", "through_index"), [("молоко", True), ("мо", False), ("%_%", False)])
def test_contains_goes_through_the_folded_keys_when_their_index_helps(raw: str, through_index: bool) -> None:
    where = Where()
    FilterSet(contains("name_contains", "name", "thing_search")).apply({"name_contains": raw}, where)
    assert where.sql.endswith("t.name ilike %(f0)s")
    assert ("thing_search" in where.sql) is through_index


def test_order_turned_round_is_the_same_from_the_other_end() -> None:
    terms = order_terms("a,-b", frozenset({"a", "b"}), "-a")
    assert order_sql(terms) == "t.a asc, t.b desc, t.id desc"
    assert order_sql(reversed_terms(terms)) == "t.a desc, t.b asc, t.id asc"
    assert reversed_terms(reversed_terms(terms)) == terms
