"""A list of real products, from the file that PRODUCTS_CSV names: what comes out is what went in."""

import csv
import os
from pathlib import Path

import pytest

from deploy.local.demo.api import Api
from tests.onec import simulated
from tests.sources import connect

pytestmark = pytest.mark.cluster
LONGEST_NAME = 255


@pytest.fixture(scope="module")
def file() -> Path:
    name = os.environ.get("PRODUCTS_CSV")
    if name is None:
        pytest.skip("PRODUCTS_CSV names no file of products (columns source_id, barcode, name, category, brand)")
    return Path(name)


@pytest.fixture(scope="module")
def products(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_valid_product_is_listed_and_every_other_has_its_reason(
    admin: Api, file: Path, products: list[dict[str, str]]
) -> None:
    usable = [row for row in products if row["source_id"].strip() and 0 < len(row["name"].strip()) <= LONGEST_NAME]
    distinct = {row["source_id"].strip() for row in usable}
    with simulated("--products", str(file), clients=0) as onec:
        source = connect(admin, onec.wsdl())
        first, second = source.sync(), source.sync()

    assert (first.status, first.total) == ("completed", len(products))
    assert first.created == len(distinct) == source.products()
    assert first.errors == len(products) - len(distinct)
    assert (second.status, second.created, second.errors) == ("completed", 0, first.errors)
    assert second.updated == second.unchanged == len(distinct)


def test_some_of_them_are_found_by_their_names(admin: Api, products: list[dict[str, str]]) -> None:
    for row in products[:: len(products) // 20]:
        found = admin.get("/api/v1/nomenklatura/", search=row["name"], limit=100)["results"]
        assert row["name"] in {each["name"] for each in found}
