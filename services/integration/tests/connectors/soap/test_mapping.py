from typing import Any

import orjson
import pytest
from integration.connectors.soap.batch import Kind
from integration.connectors.soap.mapping import RowMapper
from integration.mappings.making import MAX_ROW_BYTES
from integration.mappings.presets import preset
from integration.mappings.rows import RejectedRow, SourceRow


def mapper(kind: Kind = "nomenklatura", *, invert: bool = False) -> RowMapper:
    return RowMapper(preset("soap").streams[kind], kind, invert_is_active=invert)


def clean(fields: dict[str, str | None], kind: Kind = "nomenklatura", *, invert: bool = False) -> Any:
    """The columns of the cleaned row, or the rejected one."""
    row = mapper(kind, invert=invert).clean([*fields.items()])
    return orjson.loads(row.payload) if isinstance(row, SourceRow) else row


PRODUCT: dict[str, str | None] = {"Code": "00-1", "Name": "Чай"}
CLIENT: dict[str, str | None] = {"Code": "К-1", "Name": "Do‘kon"}


def test_product_fields_fill_their_columns() -> None:
    row = clean(
        PRODUCT
        | {
            "Article": "ART",
            "Roditel": "Group",
            "Unit": "dona",
            "Brand": "Acme",
            "Suplier": "Sup",
            "Category": "Cat",
            "CountryCode": "UZ",
            "Country": "Uzbekistan",
            "Seria": "SER",
            "Shtrix": "0478",
            "LabelText": "Label",
            "Description": "Desc",
            "is_delete": "false",
            "is_active": "true",
            "BasePrice": "12000.50",
            "SalePrice": "13 000",
            "StockQuantity": "5",
            "Weight": "1,25",
        }
    )
    assert row == {
        "code_1c": "00-1",
        "name": "Чай",
        "article_code": "ART",
        "roditel": "Group",
        "unit_of_measure": "dona",
        "brand": "Acme",
        "supplier": "Sup",
        "category": "Cat",
        "country_code": "UZ",
        "country": "Uzbekistan",
        "series": "SER",
        "barcode": "0478",
        "title": "Label",
        "description": "Desc",
        "is_deleted": False,
        "is_active": True,
        "base_price": "12000.50",
        "sale_price": "13000.00",
        "stock_quantity": "5",
        "weight": "1.250",
    }


def test_client_fields_fill_their_columns() -> None:
    row = clean(
        CLIENT
        | {
            "Email": "c@example.com",
            "Phone": "+998901234567",
            "CompanyName": "LLC",
            "INN": "007",
            "LegalAddress": "Addr",
            "City": "Toshkent",
            "Region": "Chilonzor",
            "Country": "Uzbekistan",
            "CreditLimit": "1000.50",
            "EmployeeCount": "7",
            "EstablishedDate": "31.12.2020",
            "Tags": '["a","b"]',
            "Rating": "4.5",
            "BussinesRegionCode": "R1",
            "BussinesRegionName": "Region",
        },
        "clients",
    )
    assert row == {
        "client_code_1c": "К-1",
        "name": "Do‘kon",
        "email": "c@example.com",
        "phone": "+998901234567",
        "company_name": "LLC",
        "tax_id": "007",
        "legal_address": "Addr",
        "city": "Toshkent",
        "region": "Chilonzor",
        "country": "Uzbekistan",
        "credit_limit": "1000.50",
        "employee_count": 7,
        "established_date": "2020-12-31",
        "tags": ["a", "b"],
        "rating": "4.5",
        "business_region_code": "R1",
        "business_region_name": "Region",
    }


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("roditel", "roditel"),
        ("SUPLIER", "supplier"),
        ("Supplier", "supplier"),
        ("Series", "series"),
        ("Barcode", "barcode"),
        ("Title", "title"),
        ("SKU", "sku"),
        ("Base_Price", "base_price"),
        ("base_price", "base_price"),
        ("Min_Stock", "min_stock"),
        ("{http://any.namespace}TaxRate", "tax_rate"),
        ("ШтрихКод", "barcode"),
        ("Артикул", "article_code"),
    ],
)
def test_names_are_compared_without_case_underscores_and_namespace(name: str, column: str) -> None:
    assert clean({**PRODUCT, name: "1"})[column] in ("1", "1.00")


@pytest.mark.parametrize("nothing", [None, "", "  ", "\u00a0", "NULL", "None", "anyType{}", " null "])
def test_nothing_leaves_the_column_alone(nothing: str | None) -> None:
    assert clean({**PRODUCT, "Brand": nothing, "BasePrice": nothing, "is_active": nothing}) == {
        "code_1c": "00-1",
        "name": "Чай",
    }


def test_empty_date_of_1c_clears_the_column() -> None:
    assert clean({**CLIENT, "EstablishedDate": "0001-01-01T00:00:00"}, "clients")["established_date"] is None


def test_texts_are_trimmed_and_inner_spaces_and_zeros_kept() -> None:
    row = clean({"Code": "\u00a00012 \n", "Name": '  Сок  "Сад"  1 л ', "Shtrix": "0046   "})
    assert (row["code_1c"], row["name"], row["barcode"]) == ("0012", 'Сок  "Сад"  1 л', "0046")


def test_first_filled_of_several_names_wins() -> None:
    assert clean({**PRODUCT, "Seria": "", "Series": "B", "series": "C"})["series"] == "B"


@pytest.mark.parametrize(("invert", "active"), [(False, True), (True, False)])
def test_is_active_is_inverted_only_when_the_integration_says_so(invert: bool, active: bool) -> None:
    row = clean({**PRODUCT, "is_active": "true", "is_delete": "true"}, invert=invert)
    assert (row["is_active"], row["is_deleted"]) == (active, True)


@pytest.mark.parametrize(
    ("fields", "code", "reason"),
    [
        ({"Name": "No code"}, None, 'Code is missing (the name is "No code")'),
        ({"Code": " ", "Brand": "x"}, None, "Code is missing; Name is missing"),
        ({"Code": "B-2"}, "B-2", "Name is missing"),
        ({"Code": "B-3", "Name": "N" * 300}, "B-3", "Name is 300 characters long, at most 255 fit"),
        ({"Code": "B-4", "Name": "x", "BasePrice": "abc"}, "B-4", 'BasePrice "abc" is not a number'),
        (
            {"Code": "B-5", "Name": "x", "BasePrice": "99999999999999999.99"},
            "B-5",
            'BasePrice "99999999999999999.99" is too large, at most 9999999999999.99 fits',
        ),
        ({"Code": "C" * 300, "Name": "x"}, "C" * 255, "Code is 300 characters long, at most 255 fit"),
        (
            {"Code": "B-6", "Name": "x", "{ns}Weight": "тонна", "is_active": "maybe"},
            "B-6",
            'Weight "тонна" is not a number; is_active "maybe" is neither true nor false',
        ),
    ],
)
def test_bad_row_is_rejected_with_its_reason(fields: dict[str, str | None], code: str | None, reason: str) -> None:
    assert clean(fields) == RejectedRow(code, reason)


def test_bad_client_rows_are_rejected() -> None:
    assert (
        clean({"Code": "CB-2", "Name": "N" * 150}, "clients").reason == "Name is 150 characters long, at most 100 fit"
    )
    assert clean({"Code": "CB-4", "Name": "Rating", "Rating": "99999"}, "clients").reason.startswith("Rating")


def test_row_too_large_for_a_message_is_rejected() -> None:
    row = clean({**PRODUCT, "Description": "я" * MAX_ROW_BYTES})
    assert row == RejectedRow("00-1", "The row is larger than 256 KB")


def test_rows_rejections_and_fields_that_no_column_takes_are_counted() -> None:
    mapping = mapper()
    rows = (
        {**PRODUCT, "Мусор": "1"},
        {"Code": "2"},
        {**PRODUCT, "{ns}Extra": "1", "Empty": " "},
        {**PRODUCT, "Мусор": "2"},
    )
    for fields in rows:
        mapping.clean([*fields.items()])
    assert (mapping.rows, mapping.rejected, mapping.unmapped) == (3, 1, {"Мусор": 2, "Extra": 1})
    assert mapping.samples == {"Мусор": "1", "Extra": "1"}


def test_second_value_of_a_column_is_counted_unless_it_says_the_same() -> None:
    mapping = mapper()
    mapping.clean([*PRODUCT.items(), ("Shtrix", "1"), ("Barcode", "1"), ("Price", "5"), ("Barcode", "2")])
    assert (mapping.repeated, mapping.unmapped) == ({"Barcode": 1}, {"Price": 1})


def test_endless_new_names_do_not_fill_the_memory() -> None:
    mapping = mapper()
    mapping.clean([(f"x{number}", "1") for number in range(5000)])
    assert len(mapping.unmapped) == 1001
    assert mapping.unmapped["others"] == 4000
    assert isinstance(mapping.clean([*PRODUCT.items()]), SourceRow)


@pytest.mark.parametrize("code", ["12\\34", "a\tb", "a\nb", "bulk", "import-xlsx/1", ".."])
@pytest.mark.parametrize(("kind", "name"), [("nomenklatura", "Чай"), ("clients", "Do‘kon")])
def test_row_that_no_address_could_name_is_an_error(kind: Kind, name: str, code: str) -> None:
    rejected = clean({"Code": code, "Name": name}, kind)
    assert isinstance(rejected, RejectedRow)
    assert rejected.code == code
    assert "address" in rejected.reason or "place in a path" in rejected.reason
