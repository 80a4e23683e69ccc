"""What a list of products may be narrowed and ordered by."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from catalog.settings import CatalogSettings

from ..builders import Catalog, add_image

DAY = date(2026, 3, 5)
DAY_BEFORE, DAY_AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
PUT_THERE = """
    update nomenklatura set created_at = moment, updated_at = moment
      from (select id, timestamptz '2026-03-05 23:59:59+05' + id * interval '1 microsecond' as moment
              from nomenklatura) moments
     where moments.id = nomenklatura.id
"""


@pytest.fixture
async def products(api: Catalog, settings: CatalogSettings) -> None:
    """Four products of the last second of a day; the newest last."""
    project = await api.make_project("P1")
    cola = await api.make_product(
        "NOM-1", name="Coca-Cola 1.5L", brand="Coca-Cola", manufacturer="CCI", category="Drinks", base_price=12000,
        stock_quantity=100, description="<p>d</p>", project_id=project["id"], popularity_score=3,
    )  # fmt: skip
    add_image(settings.dsn, 1, "nomenklatura", cola["id"])
    await api.make_product(
        "NOM-2", name="Молоко 3,2%", brand="МОЛОКО И К", category="Food", base_price=100, stock_quantity=0,
        description="", is_active=False,
    )  # fmt: skip
    await api.make_product("S-3", name="coca leaf", base_price=500, stock_quantity="-1", title="Б")
    await api.make_product("S-4", name="Zzz", title="А")
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute(PUT_THERE)


ALL = ["NOM-1", "NOM-2", "S-3", "S-4"]
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ALL),
    ({"code_1c": "NOM-1"}, ["NOM-1"]),
    ({"code_1c": "nom-1"}, []),
    ({"name": "Zzz"}, ["S-4"]),
    ({"name": "zzz"}, []),
    ({"category": "Food"}, ["NOM-2"]),
    ({"category": "food"}, []),
    ({"brand": "coca-cola"}, ["NOM-1"]),
    ({"brand": "молоко и к"}, ["NOM-2"]),
    ({"brand": "coca"}, []),
    ({"manufacturer": "cci"}, ["NOM-1"]),
    ({"brand_contains": "OLA"}, ["NOM-1"]),
    ({"brand_contains": "локо и"}, ["NOM-2"]),
    ({"name_contains": "coca"}, ["NOM-1", "S-3"]),
    ({"name_contains": "МОЛОКО 3"}, ["NOM-2"]),
    ({"name_contains": "moloko"}, []),
    ({"name_contains": "%"}, ["NOM-2"]),
    ({"name_contains": "_"}, []),
    ({"name_contains": "zz"}, ["S-4"]),
    ({"code_contains": "s-"}, ["S-3", "S-4"]),
    ({"price_min": "500"}, ["NOM-1", "S-3"]),
    ({"price_max": "500.00"}, ["NOM-2", "S-3"]),
    ({"price_min": 101, "price_max": 11999}, ["S-3"]),
    ({"stock_min": 0}, ["NOM-1", "NOM-2"]),
    ({"stock_max": 0}, ["NOM-2", "S-3"]),
    ({"in_stock": "true"}, ["NOM-1"]),
    ({"in_stock": "false"}, ALL),
    ({"is_active": "true"}, ["NOM-1", "S-3", "S-4"]),
    ({"is_active": "False"}, ["NOM-2"]),
    ({"is_active": "1"}, ALL),
    ({"is_active": "maybe"}, ALL),
    ({"project": "P1"}, ["NOM-1"]),
    ({"project": "NOPE"}, []),
    ({"project_id": "null"}, ALL),
    ({"project_id": ""}, ALL),
    ({"project_id": "999999"}, []),
    ({"project_id": "0"}, ["NOM-2", "S-3", "S-4"]),
    ({"description_status": "with"}, ["NOM-1"]),
    ({"description_status": "without"}, ["NOM-2", "S-3", "S-4"]),
    ({"image_status": "with"}, ["NOM-1"]),
    ({"image_status": "without"}, ["NOM-2", "S-3", "S-4"]),
    ({"created_from": DAY}, ALL),
    ({"created_from": DAY_AFTER}, []),
    ({"created_to": DAY}, ALL),
    ({"created_to": DAY_BEFORE}, []),
    ({"updated_from": DAY, "updated_to": DAY.strftime("%m/%d/%Y")}, ALL),
    ({"created_from": DAY.strftime("%b %d %Y")}, ALL),
    ({"brand": "coca-cola", "is_active": "false"}, []),
    ({"city": "Nowhere", "foo": "1"}, ALL),
    ({"search": ""}, ALL),
    ({"search": "coca", "in_stock": "true"}, ["NOM-1"]),
    ({"search": "молоко", "description_status": "without"}, ["NOM-2"]),
]


@pytest.mark.usefixtures("products")
async def test_filters_leave_what_they_say(api: Catalog) -> None:
    found = {str(query): await api.listed("nomenklatura", ordering="id", **query) for query, _ in FILTERS}
    assert found == {str(query): expected for query, expected in FILTERS}


@pytest.mark.usefixtures("products")
async def test_project_id_leaves_the_rows_of_that_project(api: Catalog) -> None:
    project = (await api.get("project/P1/")).json()
    assert await api.listed("nomenklatura", project_id=project["id"]) == ["NOM-1"]
    assert await api.listed("nomenklatura", project_id=f"{project['id']}.0") == ["NOM-1"]


REFUSED = [
    ("price_min", "abc", "Enter a number."),
    ("stock_max", "NaN", "Enter a number."),
    ("project_id", "abc", "Enter a number."),
    ("description_status", "x", "Select a valid choice. x is not one of the available choices."),
    ("image_status", "yes", "Select a valid choice. yes is not one of the available choices."),
    ("created_from", "23.11.2026", "Enter a valid date."),
    ("created_to", "2026-01-01T00:00:00", "Enter a valid date."),
    ("updated_from", "abc", "Enter a valid date."),
    ("search", "a\x00b", "Null characters are not allowed."),
    ("code_1c", "a\x00b", "Null characters are not allowed."),
]


async def test_unreadable_filters_are_refused_with_their_message(api: Catalog) -> None:
    for name, value, message in REFUSED:
        refused = await api.get("nomenklatura/", **{name: value})
        assert (refused.status_code, refused.json()) == (400, {name: [message]})
    both = await api.get("nomenklatura/", price_min="x", created_to="x")
    assert both.json() == {"price_min": ["Enter a number."], "created_to": ["Enter a valid date."]}


ORDERINGS = [
    ("", ["S-4", "S-3", "NOM-2", "NOM-1"]),
    ("id", ALL),
    ("created_at", ALL),
    ("-updated_at", ["S-4", "S-3", "NOM-2", "NOM-1"]),
    ("code_1c", ALL),
    ("-code_1c", ["S-4", "S-3", "NOM-2", "NOM-1"]),
    ("name", ["NOM-1", "S-4", "S-3", "NOM-2"]),
    ("base_price", ["NOM-2", "S-3", "NOM-1", "S-4"]),
    ("-base_price", ["S-4", "NOM-1", "S-3", "NOM-2"]),
    ("is_active,-code_1c", ["NOM-2", "S-4", "S-3", "NOM-1"]),
    ("-popularity_score,code_1c", ["NOM-1", "NOM-2", "S-3", "S-4"]),
    ("title", ["S-4", "S-3", "NOM-1", "NOM-2"]),
    ("project", ["NOM-1", "NOM-2", "S-3", "S-4"]),
    ("nope", ["S-4", "S-3", "NOM-2", "NOM-1"]),
    ("images", ["S-4", "S-3", "NOM-2", "NOM-1"]),
    ("project_id", ["S-4", "S-3", "NOM-2", "NOM-1"]),
    ("nope,id", ALL),
]


@pytest.mark.usefixtures("products")
async def test_orderings_order(api: Catalog) -> None:
    found = {ordering: await api.listed("nomenklatura", ordering=ordering) for ordering, _ in ORDERINGS}
    assert found == dict(ORDERINGS)


@pytest.mark.usefixtures("products")
async def test_every_field_of_a_row_may_be_ordered_by_in_both_directions(api: Catalog) -> None:
    row = (await api.get("nomenklatura/NOM-1/")).json()
    for name in row:
        for ordering in (name, f"-{name}"):
            assert sorted(await api.listed("nomenklatura", ordering=ordering)) == ALL


async def test_rows_made_in_one_transaction_come_newest_first(api: Catalog, settings: CatalogSettings) -> None:
    with psycopg.connect(settings.dsn) as connection:
        connection.execute("insert into nomenklatura (code_1c, name) values ('A', 'a'), ('B', 'b'), ('C', 'c')")
    assert await api.listed("nomenklatura", fresh="yes") == ["C", "B", "A"]
