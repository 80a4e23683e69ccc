"""Whole numbers of more than 64 bits in JSON are neither rounded nor a failure."""

from typing import Any

import pytest

from .builders import Catalog

LARGE = 123456789012345678901234


async def test_code_that_is_a_large_number_keeps_its_digits(api: Catalog) -> None:
    made = await api.make_product(LARGE, barcode=LARGE)  # type: ignore[arg-type]  # a number, as some programs send it
    assert (made["code_1c"], made["barcode"]) == (str(LARGE), str(LARGE))


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ("warranty_period", "Ensure this value is less than or equal to 2147483647."),
        ("currency", "Ensure this field has no more than 10 characters."),
        ("base_price", "Ensure that there are no more than 15 digits in total."),
        ("metadata", "The value holds a number that is too large."),
        ("project_id", "Ensure this value is less than or equal to 9223372036854775807."),
    ],
)
async def test_complaint_is_about_the_number_that_was_sent(api: Catalog, field: str, complaint: str) -> None:
    value: Any = {"n": LARGE} if field == "metadata" else LARGE
    answer = await api.post("nomenklatura/", {"code_1c": "N", "name": "x", field: value})
    assert (answer.status_code, answer.json()) == (400, {field: [complaint]})


async def test_bulk_takes_them_row_by_row(api: Catalog) -> None:
    rows = [
        {"code_1c": LARGE, "name": "x"},
        {"code_1c": [LARGE], "name": "x"},
        {"code_1c": "N", "name": "x", "id": LARGE},
    ]
    answer = await api.post("nomenklatura/bulk/", rows)
    assert answer.status_code < 500
    assert (await api.listed("nomenklatura", code_1c=str(LARGE))) == [str(LARGE)]
