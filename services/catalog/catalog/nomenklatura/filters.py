"""Declares how products may be narrowed in a list."""

from ecatalog.entities.filters import (
    FilterSet,
    at_least,
    at_most,
    contains,
    exact,
    exact_ignoring_case,
    only_if_true,
)
from ecatalog.entities.project_filters import of_project

from catalog.entities.filters import common_filters

KEYS = "nomenklatura_search"

FILTERS = FilterSet(
    exact("code_1c"),
    exact("name"),
    exact("category"),
    exact_ignoring_case("brand"),
    exact_ignoring_case("manufacturer"),
    of_project(),
    contains("brand_contains", "brand", KEYS),
    contains("name_contains", "name", KEYS),
    contains("code_contains", "code_1c", KEYS),
    at_least("price_min", "base_price"),
    at_most("price_max", "base_price"),
    at_least("stock_min", "stock_quantity"),
    at_most("stock_max", "stock_quantity"),
    only_if_true("in_stock", "t.stock_quantity > 0"),
    common_filters("nomenklatura"),
)
