"""Creating products: every field, its limits, its defaults and its messages."""

from typing import Any

import pytest
from catalog.nomenklatura.schemas import NomenklaturaOut

from ..builders import Catalog

FULL: dict[str, Any] = {
    "code_1c": "NOM-001", "article_code": "ART-1", "name": "Coca-Cola 1.5L", "title": "T", "description": "<p>d</p>",
    "sku": "SKU-1", "barcode": "478000000001", "brand": "Coca-Cola", "manufacturer": "CCI", "model": "M",
    "series": "S", "vendor_code": "V", "base_price": "12000.00", "sale_price": "13500.00", "cost_price": "9000.50",
    "currency": "USD", "discount_percent": "5.00", "tax_rate": "12.00", "stock_quantity": "100.00",
    "min_stock": "1.50", "max_stock": "500.00", "unit_of_measure": "dona", "weight": "1.525",
    "dimensions": "10x20x30", "volume": "0.500", "category": "Drinks", "subcategory": "Cola",
    "tags": ["a", {"b": 1}], "color": "black", "size": "1.5L", "material": "PET", "warranty_period": 12,
    "expiry_date": "2027-12-31", "production_date": "2026-01-15", "roditel": "Group", "supplier": "Sup",
    "country_code": "UZ", "country": "Uzbekistan", "notes": "n", "rating": "4.75", "popularity_score": 7,
    "seo_keywords": "k", "source": "manual", "metadata": {"x": None}, "is_active": False, "is_deleted": False,
    "enrichment_status": "COMPLETED", "last_enriched_at": "2026-11-23T12:00:00.000000+05:00",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "currency": "UZS", "tags": [], "metadata": {}, "popularity_score": 0, "is_active": True, "is_deleted": False,
    "enrichment_status": "PENDING", "project": None, "images": [],
}  # fmt: skip
LENGTHS = {
    "code_1c": 255, "article_code": 100, "name": 255, "title": 255, "sku": 100, "barcode": 100, "brand": 150,
    "manufacturer": 200, "model": 150, "series": 150, "vendor_code": 100, "currency": 10, "unit_of_measure": 50,
    "dimensions": 100, "category": 150, "subcategory": 150, "color": 100, "size": 100, "material": 200,
    "roditel": 255, "supplier": 255, "country_code": 10, "country": 150, "seo_keywords": 500, "source": 100,
}  # fmt: skip


async def test_every_field_comes_back_as_it_was_sent_in_the_order_of_the_contract(api: Catalog) -> None:
    project = await api.make_project()
    row = await api.make_product(**FULL, project_id=project["id"])
    assert {name: row[name] for name in FULL} == FULL
    assert row["project"] == {
        "id": project["id"],
        "code_1c": "PROJ001",
        "name": "Project PROJ001",
        "is_integration": False,
    }
    assert list(row) == list(NomenklaturaOut.model_fields)
    assert row == (await api.get("nomenklatura/NOM-001/")).json()


async def test_fields_that_are_not_sent_have_their_defaults(api: Catalog) -> None:
    row = await api.make_product("N1", name="x")
    assert {name: row[name] for name in DEFAULTS} == DEFAULTS
    rest = set(row) - set(DEFAULTS) - {"id", "code_1c", "name", "created_at", "updated_at"}
    assert {row[name] for name in rest} == {None}


async def test_every_text_may_be_as_long_as_its_limit_and_no_longer(api: Catalog) -> None:
    row = await api.make_product(**{name: "х" * length for name, length in LENGTHS.items()})
    assert {name: len(row[name]) for name in LENGTHS} == LENGTHS
    refused = await api.post("nomenklatura/", {name: "y" * (length + 1) for name, length in LENGTHS.items()})
    assert refused.status_code == 400
    assert refused.json() == {
        name: [f"Ensure this field has no more than {length} characters."] for name, length in LENGTHS.items()
    }


NUMBERS = [
    ("base_price", 12000, "12000.00"), ("base_price", "12", "12.00"), ("base_price", 0.1, "0.10"),
    ("base_price", "", None), ("base_price", None, None), ("base_price", -5, "-5.00"), ("weight", 0.001, "0.001"),
    ("base_price", "9999999999999.99", "9999999999999.99"), ("rating", "9.99", "9.99"),
    ("stock_quantity", "-1", "-1.00"),
    ("warranty_period", "15", 15), ("warranty_period", "", None), ("popularity_score", None, None),
    ("discount_percent", 150, "150.00"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "sent", "stored"), NUMBERS)
async def test_number_is_stored_with_its_places(api: Catalog, field: str, sent: Any, stored: Any) -> None:
    assert (await api.make_product(**{field: sent}))[field] == stored


REFUSED = [
    ("base_price", "abc", "A valid number is required."),
    ("base_price", "12 000", "A valid number is required."),
    ("base_price", "NaN", "A valid number is required."),
    ("base_price", "1" * 1001, "String value too large."),
    ("base_price", "99999999999999.99", "Ensure that there are no more than 15 digits in total."),
    ("sale_price", "1.999", "Ensure that there are no more than 2 decimal places."),
    ("discount_percent", "1000", "Ensure that there are no more than 3 digits before the decimal point."),
    ("stock_quantity", "123456789.00", "Ensure that there are no more than 10 digits in total."),
    ("weight", "1.2345", "Ensure that there are no more than 3 decimal places."),
    ("warranty_period", "1.5", "A valid integer is required."),
    ("warranty_period", 2**31, "Ensure this value is less than or equal to 2147483647."),
    ("expiry_date", "2027/12/31", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
    ("expiry_date", "2027-02-30", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
    ("is_active", 5, "Must be a valid boolean."),
    ("is_active", None, "This field may not be null."),
    ("enrichment_status", "DONE", '"DONE" is not a valid choice.'),
    (
        "last_enriched_at", "yesterday",
        "Datetime has wrong format. Use one of these formats instead:"
        " YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
    ),
    ("name", "a\x00b", "Null characters are not allowed."),
    ("name", " ", "This field may not be blank."),
    ("name", None, "This field may not be null."),
    ("name", ["x"], "Not a valid string."),
    ("tags", ["a\x00"], "Null characters are not allowed."),
    ("project_id", "abc", "A valid integer is required."),
    ("project_id", 999999, 'Invalid pk "999999" - object does not exist.'),
]  # fmt: skip


@pytest.mark.parametrize(("field", "sent", "message"), REFUSED)
async def test_bad_value_is_refused_with_its_message(api: Catalog, field: str, sent: Any, message: str) -> None:
    refused = await api.post("nomenklatura/", {"code_1c": "N", "name": "x", field: sent})
    assert (refused.status_code, refused.json()) == (400, {field: [message]})
    assert await api.listed("nomenklatura") == []


async def test_missing_code_and_name_are_required_at_once(api: Catalog) -> None:
    refused = await api.post("nomenklatura/", {})
    assert refused.json() == {"code_1c": ["This field is required."], "name": ["This field is required."]}


async def test_unknown_and_read_only_fields_are_ignored(api: Catalog) -> None:
    row = await api.make_product(id=999999, created_at="2000-01-01T00:00:00Z", foo=1, images=[1], project=5)
    assert row["id"] != 999999
    assert not row["created_at"].startswith("2000")
    assert (row["images"], row["project"]) == ([], None)


async def test_numbers_become_text_and_blanks_around_text_go(api: Catalog) -> None:
    row = await api.make_product("  N 1 ", name=12.5, sku=1001, title="")
    assert (row["code_1c"], row["name"], row["sku"], row["title"]) == ("N 1", "12.5", "1001", "")


async def test_json_fields_take_any_json(api: Catalog) -> None:
    row = await api.make_product(tags="text", metadata=[1, {"a": None}])
    assert (row["tags"], row["metadata"]) == ("text", [1, {"a": None}])
    assert (await api.make_product("N2", tags=None))["tags"] is None


async def test_description_is_cleaned_and_nothing_else_is(api: Catalog) -> None:
    row = await api.make_product(name="<b>x</b>", description="<script>alert(1)</script><p onclick='x()'>ok</p>")
    assert (row["name"], row["description"]) == ("<b>x</b>", "<p>ok</p>")


async def test_form_is_taken_too_and_a_missing_boolean_in_it_is_false(api: Catalog) -> None:
    data = {"code_1c": "NF", "name": "form", "base_price": "12.5", "tags": '["a"]'}
    response = await api.client.post("/api/v1/nomenklatura/", data=data, headers=api.headers)
    row = response.json()
    assert (response.status_code, row["is_active"], row["base_price"], row["tags"]) == (201, False, "12.50", ["a"])


@pytest.mark.parametrize(
    ("content", "kind", "status", "body"),
    [
        ("[1]", "application/json", 400,
         {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ("x", "text/plain", 415, {"detail": 'Unsupported media type "text/plain" in request.'}),
    ],
)  # fmt: skip
async def test_body_of_another_kind_is_refused(
    api: Catalog, content: str, kind: str, status: int, body: dict[str, Any]
) -> None:
    headers = api.headers | {"Content-Type": kind}
    refused = await api.client.post("/api/v1/nomenklatura/", content=content, headers=headers)
    assert (refused.status_code, refused.json()) == (status, body)
