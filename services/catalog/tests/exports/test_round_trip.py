"""What was exported comes back as it was."""

from typing import Any

import pytest
from catalog.settings import CatalogSettings
from ecatalog.excel.writer import MAX_CHARACTERS

from ..builders import Catalog
from ..imports.books import imported, numbers
from ..imports.test_import import events

NAMES = [
    "'single' \"double\" «ёлки» `", "😀👨‍👩‍👧", "Молоко 3,2% ўзбек", "=1+1", "+998901234567", "-1", "@SUM(A1)",
    "000123", "1E5", "0", "TRUE", "None", "2026-01-31", "12 500,00", "_x0041_ _x000D_", "<b>&amp;</b>", "a\tb",
    "a\r\nb\rc\nd",
]  # fmt: skip
LONG: dict[str, Any] = {"description": "x" * 40_000, "notes": "я" * MAX_CHARACTERS}
FULL: dict[str, Any] = {
    "is_active": False, "base_price": "9999999999999.99", "sale_price": "0", "discount_percent": "-0.01",
    "weight": "0.125", "rating": "4.75", "warranty_period": 0, "popularity_score": -2147483648,
    "expiry_date": "2027-12-31", "currency": None, "brand": "",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["project", "client", "nomenklatura"])
async def test_a_workbook_that_was_exported_changes_nothing(api: Catalog, settings: CatalogSettings, kind: str) -> None:
    code = "client_code_1c" if kind == "client" else "code_1c"
    for number, name in enumerate(NAMES):
        row = {code: f"{number:05}", "name": name, "title": name, "company_name": name}
        await api.make(kind, **row | (FULL if kind == "nomenklatura" else {}))
    await api.make(kind, **{code: "LONG", "name": "long"} | LONG)
    rows = (await api.get(f"{kind}/", limit=100)).json()["results"]
    before = events(settings)
    content = (await api.get(f"{kind}/export-xlsx/")).content
    count = len(NAMES) + 1
    assert numbers(await imported(api, kind, content)) == (0, count, count, 0)
    assert (await api.get(f"{kind}/", limit=100)).json()["results"] == rows
    assert events(settings) == before


async def test_names_survive_letter_by_letter_when_they_come_back_as_new_rows(api: Catalog) -> None:
    for number, name in enumerate(NAMES):
        await api.make_product(f"{number:05}", name=name)
    content = (await api.get("nomenklatura/export-xlsx/")).content
    for number, _ in enumerate(NAMES):
        await api.delete(f"nomenklatura/{number:05}/")
    assert numbers(await imported(api, "nomenklatura", content))[0] == len(NAMES)
    found = (await api.get("nomenklatura/", limit=100)).json()["results"]
    assert {row["code_1c"]: row["name"] for row in found} == {f"{number:05}": name for number, name in enumerate(NAMES)}
