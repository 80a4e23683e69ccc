"""Creating clients: every field, its limits, its defaults and its messages."""

from typing import Any

import pytest
from catalog.client.schemas import ClientOut

from ..builders import Catalog

FULL: dict[str, Any] = {
    "client_code_1c": "CLI003", "name": "Full client", "email": "full@example.com", "phone": "+998 90 111 22 33",
    "description": "<p>d</p>", "company_name": "Full LLC", "tax_id": "301234567", "registration_number": "REG-1",
    "legal_address": "Legal street 1", "actual_address": "Actual street 2", "fax": "+99871",
    "website": "https://full.example.com/path", "social_media": {"telegram": "@full", "n": [1, 2]},
    "additional_phones": ["+998901", "+998902"], "industry": "Retail", "business_type": "LLC", "employee_count": 25,
    "annual_revenue": "1234567.50", "established_date": "2015-06-30", "payment_terms": "30 days",
    "credit_limit": "5000.00", "currency": "USD", "city": "Toshkent", "region": "Chilonzor", "country": "Kazakhstan",
    "postal_code": "100000", "contact_person": "Ali Valiyev", "contact_position": "Director",
    "contact_email": "ali@example.com", "contact_phone": "+998", "business_region_code": "R1",
    "business_region_name": "Region 1", "notes": "n", "tags": ["vip"], "rating": "-9.99", "priority": -5,
    "source": "s", "metadata": {"a": 1}, "is_active": True, "is_deleted": False,
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "currency": "UZS", "country": "Uzbekistan", "social_media": {}, "additional_phones": [], "tags": [],
    "metadata": {}, "priority": 0, "is_active": True, "is_deleted": False, "project": None, "images": [],
}  # fmt: skip
LENGTHS = {
    "client_code_1c": 100, "name": 100, "phone": 100, "company_name": 255, "tax_id": 50, "registration_number": 100,
    "fax": 50, "industry": 150, "business_type": 100, "payment_terms": 255, "currency": 10, "city": 100,
    "region": 100, "country": 100, "postal_code": 20, "contact_person": 150, "contact_position": 100,
    "contact_phone": 100, "business_region_code": 100, "business_region_name": 255, "source": 100,
}  # fmt: skip


async def test_every_field_comes_back_as_it_was_sent_in_the_order_of_the_contract(api: Catalog) -> None:
    project = await api.make_project()
    row = await api.make_client(**FULL, project_id=project["id"])
    assert {name: row[name] for name in FULL} == FULL
    assert (row["project"]["id"], "project_id" in row) == (project["id"], False)
    assert list(row) == list(ClientOut.model_fields)
    assert row == (await api.get("client/CLI003/")).json()


async def test_fields_that_are_not_sent_have_their_defaults(api: Catalog) -> None:
    row = await api.make_client("C1", name="x")
    assert {name: row[name] for name in DEFAULTS} == DEFAULTS
    rest = set(row) - set(DEFAULTS) - {"id", "client_code_1c", "name", "created_at", "updated_at"}
    assert {row[name] for name in rest} == {None}


async def test_every_text_may_be_as_long_as_its_limit_and_no_longer(api: Catalog) -> None:
    row = await api.make_client(**{name: "ў" * length for name, length in LENGTHS.items()})
    assert {name: len(row[name]) for name in LENGTHS} == LENGTHS
    refused = await api.post("client/", {name: "y" * (length + 1) for name, length in LENGTHS.items()})
    assert refused.json() == {
        name: [f"Ensure this field has no more than {length} characters."] for name, length in LENGTHS.items()
    }


async def test_nulls_and_blanks_are_kept_where_they_may_be(api: Catalog) -> None:
    nullable = set(FULL) - {"client_code_1c", "name", "is_active", "is_deleted"}
    row = await api.make_client("C1", **dict.fromkeys(nullable))
    assert {row[name] for name in nullable} == {None}
    texts = {"email", "phone", "website", "currency", "country", "contact_email", "notes"}
    row = await api.make_client("C2", **dict.fromkeys(texts, ""))
    assert {row[name] for name in texts} == {""}
    numbers = {"rating", "annual_revenue", "credit_limit", "employee_count", "priority", "established_date"}
    row = await api.make_client("C3", **dict.fromkeys(numbers, ""))
    assert {row[name] for name in numbers} == {None}


REFUSED = [
    ("email", "not-an-email", "Enter a valid email address."),
    ("email", "a" * 89 + "@example.com", "Ensure this field has no more than 100 characters."),
    ("contact_email", "x@", "Enter a valid email address."),
    ("website", "full.example.com", "Enter a valid URL."),
    ("website", "https://e.com/" + "x" * 250, "Ensure this field has no more than 255 characters."),
    ("annual_revenue", "12345678901234.00", "Ensure that there are no more than 15 digits in total."),
    ("credit_limit", "1.001", "Ensure that there are no more than 2 decimal places."),
    ("rating", "10.00", "Ensure that there are no more than 3 digits in total."),
    ("rating", "1e1", "Ensure that there are no more than 1 digits before the decimal point."),
    ("employee_count", "many", "A valid integer is required."),
    (
        "established_date",
        "2020-01-01T00:00:00Z",
        "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
    ),
    ("project_id", "abc", "A valid integer is required."),
    ("project_id", 10**18, f'Invalid pk "{10**18}" - object does not exist.'),
]


@pytest.mark.parametrize(("field", "sent", "message"), REFUSED)
async def test_bad_value_is_refused_with_its_message(api: Catalog, field: str, sent: Any, message: str) -> None:
    refused = await api.post("client/", {"client_code_1c": "C", "name": "x", field: sent})
    assert (refused.status_code, refused.json()) == (400, {field: [message]})


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"client_code_1c": "CLI-1"}, ["CLI-1"]), ({"name": "Minimal"}, ["CLI-2"]), ({"name": "minimal"}, []),
    ({"email": "full@example.com"}, ["CLI-1"]), ({"email": "not-an-email"}, []),
    ({"email_contains": "EXAMPLE"}, ["CLI-1"]), ({"name_contains": "mini"}, ["CLI-2"]),
    ({"code_contains": "cli"}, ["CLI-1", "CLI-2"]), ({"project": "P1"}, ["CLI-1"]),
    ({"description_status": "without"}, ["CLI-2"]), ({"image_status": "with"}, []), ({"is_active": "false"}, ["CLI-2"]),
    ({"city": "Nowhere"}, ["CLI-1", "CLI-2"]), ({"search": "901112233"}, ["CLI-1"]), ({"search": "FULL"}, ["CLI-1"]),
    ({"search": "301234567"}, ["CLI-1"]), ({"search": "ООО Ромашка"}, ["CLI-2"]), ({"search": "romashka"}, ["CLI-2"]),
    ({"search": "valiyev"}, ["CLI-1"]), ({"search": "example.com"}, ["CLI-1"]),
]  # fmt: skip


async def test_filters_and_search_leave_what_they_say(api: Catalog) -> None:
    project = await api.make_project("P1")
    full = FULL | {"client_code_1c": "CLI-1", "phone": "+998901112233", "project_id": project["id"]}
    await api.make("client", **full)
    await api.make_client("CLI-2", name="Minimal", company_name="ООО «Ромашка»", is_active=False)
    found = {str(query): await api.listed("client", ordering="id", **query) for query, _ in FILTERS}
    assert found == {str(query): expected for query, expected in FILTERS}
