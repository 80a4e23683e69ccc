"""How products are rendered, and what a list of them may be narrowed by."""

from typing import Any

from ecatalog.entities.filters import (
    FilterSet,
    at_least,
    at_most,
    contains,
    exact,
    exact_ignoring_case,
    flag,
    one_of,
    only_if_true,
    whole_days,
)
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.search import Search

from catalog import nested
from catalog.nomenklatura.models import Nomenklatura, NomenklaturaSearch
from catalog.nomenklatura.schemas import NomenklaturaAnswer
from catalog.project.filters import of_project

TABLE: Any = Nomenklatura
KEYS: Any = NomenklaturaSearch

PRODUCTS = Rendering(
    table=TABLE.__table__,
    schema=NomenklaturaAnswer,
    weighed=("description", "notes", "tags", "metadata"),
    nested={"project": nested.PROJECT, "images": nested.PRODUCT_IMAGES},
    anonymous={"images": nested.PUBLIC_PRODUCT_IMAGES},
    filters=FilterSet(
        exact("code_1c"),
        exact("name"),
        exact("category"),
        exact_ignoring_case("brand"),
        exact_ignoring_case("manufacturer"),
        of_project(),
        contains("brand_contains", "brand", KEYS.__tablename__),
        contains("name_contains", "name", KEYS.__tablename__),
        contains("code_contains", "code_1c", KEYS.__tablename__),
        at_least("price_min", "base_price"),
        at_most("price_max", "base_price"),
        at_least("stock_min", "stock_quantity"),
        at_most("stock_max", "stock_quantity"),
        only_if_true("in_stock", "t.stock_quantity > 0"),
        one_of("description_status", nested.DESCRIPTION_STATUS),
        one_of("image_status", nested.has_images("nomenklatura")),
        whole_days("created", "created_at"),
        whole_days("updated", "updated_at"),
        flag("is_active"),
    ),
    search=Search(KEYS.__tablename__),
    others=("project", "image", "integration"),
)
