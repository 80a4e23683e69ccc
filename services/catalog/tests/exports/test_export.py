"""Lists as workbooks, read back by another program."""

from typing import Any

import httpx
import psycopg
import pytest
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.exports import service
from catalog.settings import CatalogSettings
from ecatalog.entities.filters import Where
from ecatalog.excel.writer import CUT, MAX_CHARACTERS, MEDIA_TYPE
from ecatalog.listing.list_request import ListRequest
from ecatalog.testing.tokens import TokenFactory
from ecatalog.testing.workbooks import ReadWorkbook, read_workbook
from fastapi import FastAPI

from ..builders import Catalog

PRODUCT: dict[str, Any] = {
    "code_1c": "000123", "name": '=HYPERLINK("http://x","y")', "title": "Молоко 3,2% 😀 «Ўзбек»",
    "description": "+998901234567", "sku": "0", "barcode": "0004780000000012", "brand": "_x0041_ & <Co>",
    "base_price": "9999999999999.99", "sale_price": "0", "cost_price": "-12.50", "currency": None, "tax_rate": "12",
    "stock_quantity": "0.00", "weight": "1.250", "warranty_period": 0, "expiry_date": "2027-12-31",
    "notes": "я" * MAX_CHARACTERS, "rating": "4.75", "popularity_score": -5, "source": "",
}  # fmt: skip


async def exported(api: Catalog, kind: str, **query: Any) -> ReadWorkbook:
    response = await api.get(f"{kind}/export-xlsx/", **query)
    assert response.status_code == 200, response.text
    return read_workbook(response.content)


async def codes(api: Catalog, kind: str, **query: Any) -> list[Any]:
    read = await exported(api, kind, **query)
    return read.column("client_code_1c" if kind == "client" else "code_1c")


async def test_a_product_stands_in_its_columns_with_its_types(api: Catalog) -> None:
    await api.make_product(**PRODUCT)
    read = await exported(api, "nomenklatura")
    assert (read.sheet, read.headers, read.formats) == ("Nomenklatura", list(NOMENKLATURA.sheet.headers), {"General"})
    (row,) = read.rows
    found = {name: value for name, value in zip(read.headers, row, strict=True) if value is not None}
    numbers = {
        "base_price": 9999999999999.99, "sale_price": 0, "cost_price": -12.5, "tax_rate": 12, "stock_quantity": 0,
        "weight": 1.25, "rating": 4.75,
    }  # fmt: skip
    kept = {name: value for name, value in PRODUCT.items() if value not in {None, ""}}
    assert found == kept | numbers | {"is_active": True}
    assert [type(found[name]) for name in ("code_1c", "sku", "sale_price", "is_active")] == [str, str, int, bool]


async def test_a_client_stands_in_its_columns(api: Catalog) -> None:
    given = {
        "name": "@SUM(1)", "email": "a@example.com", "tax_id": "007", "employee_count": 0, "credit_limit": "0.10",
        "established_date": "2015-06-30", "legal_address": "one\r\ntwo", "priority": 7, "currency": None,
    }  # fmt: skip
    await api.make_client("CLI-1", is_active=False, **given)
    read = await exported(api, "client")
    assert (read.sheet, read.headers) == ("Clients", list(CLIENT.sheet.headers))
    found = {name: value for name, value in zip(read.headers, read.rows[0], strict=True) if value is not None}
    kept = {name: value for name, value in given.items() if value is not None}
    others = {"client_code_1c": "CLI-1", "country": "Uzbekistan", "is_active": False, "credit_limit": 0.1}
    assert found == kept | others


async def test_a_project_stands_in_its_columns(api: Catalog) -> None:
    await api.make_project("P/1", title="", description="<p>d</p>")
    read = await exported(api, "project")
    assert (read.sheet, read.headers) == ("Projects", list(PROJECT.sheet.headers))
    assert read.rows == [["P/1", "Project P/1", None, "<p>d</p>", True]]
    assert read.widths == [15, 15, 15, 16, 15]


async def test_zero_is_not_empty_and_empty_is_no_value(api: Catalog) -> None:
    await api.make_product(sale_price=0, cost_price=None, popularity_score=0, brand="", model=None)
    read = await exported(api, "nomenklatura")
    cells = ("sale_price", "cost_price", "popularity_score", "brand", "model")
    assert [read.column(name) for name in cells] == [[0], [None], [0], [None], [None]]


@pytest.mark.parametrize(
    ("kind", "file"), [("project", "projects"), ("client", "clients"), ("nomenklatura", "nomenklatura")]
)
async def test_an_empty_list_is_a_file_with_headers(api: Catalog, kind: str, file: str) -> None:
    response = await api.get(f"{kind}/export-xlsx/", search="zzzz")
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["content-disposition"] == f'attachment; filename="{file}.xlsx"'
    assert read_workbook(response.content).rows == []


async def test_all_rows_come_in_the_order_of_the_list_over_several_batches(
    api: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 3)
    for number in range(7):
        await api.make_product(f"N{number}", base_price=number % 3 or None, brand="a" if number else "b")
    assert await codes(api, "nomenklatura") == [f"N{number}" for number in reversed(range(7))]
    for query in ({"ordering": "-base_price,code_1c"}, {"ordering": "base_price"}, {"brand": "A"}, {"search": "N5"}):
        assert await codes(api, "nomenklatura", **query) == await api.listed("nomenklatura", **query)


async def test_the_page_that_is_asked_for_does_not_matter(api: Catalog) -> None:
    for number in range(25):
        await api.make_project(f"P{number:02}")
    every = [f"P{number:02}" for number in range(25)]
    for page in ({"limit": 1}, {"offset": 20}, {"page": 99}, {"page_size": 5}, {"cursor": "nonsense"}, {}):
        assert await codes(api, "project", ordering="code_1c", **page) == every


async def test_deleted_rows_are_left_out(api: Catalog) -> None:
    await api.make_product("KEPT")
    await api.make_product("GONE")
    await api.make_product("HIDDEN", is_deleted=True)
    await api.delete("nomenklatura/GONE/")
    assert await codes(api, "nomenklatura") == ["KEPT"]


async def test_a_filter_that_cannot_be_read_is_400(api: Catalog) -> None:
    for kind in ("project", "client", "nomenklatura"):
        response = await api.get(f"{kind}/export-xlsx/", created_from="abc")
        assert (response.status_code, response.json()) == (400, {"created_from": ["Enter a valid date."]})
    response = await api.get("nomenklatura/export-xlsx/", search="nul\0")
    assert (response.status_code, response.json()) == (400, {"search": ["Null characters are not allowed."]})


async def test_what_is_misspelt_is_exported_as_the_list_shows_it(api: Catalog) -> None:
    await api.make_product(name="Шоколад молочный")
    response = await api.get("nomenklatura/export-xlsx/", search="шоколадт")
    assert response.headers["x-search"] == "similar"
    assert read_workbook(response.content).column("code_1c") == ["NOM001"]


async def test_an_agent_exports_the_clients_of_its_regions(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    await api.make_client("OURS", business_region_code="R1")
    await api.make_client("THEIRS", business_region_code="R2")
    await api.make_client("NOWHERE")
    agent = Catalog(client, tokens.headers(7, "agent", regions=["R1"]))
    assert await codes(agent, "client") == ["OURS"]
    assert await codes(agent, "client", search="theirs") == []
    assert sorted(await codes(api, "client")) == ["NOWHERE", "OURS", "THEIRS"]


async def test_a_text_longer_than_a_cell_says_that_it_is_cut(api: Catalog) -> None:
    await api.make_product(description="x" * 40_000)
    (text,) = (await exported(api, "nomenklatura")).column("description")
    assert text == "x" * (MAX_CHARACTERS - 1) + CUT


async def test_more_rows_than_a_sheet_holds_are_refused(api: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_ROWS", 3)
    for number in range(3):
        await api.make_project(f"P{number}")
    response = await api.get("project/export-xlsx/")
    assert response.status_code == 400
    assert "filters" in response.json()["error"]
    assert len(await codes(api, "project", search="P2")) == 1


async def test_only_the_type_of_the_file_may_be_accepted(api: Catalog) -> None:
    response = await api.client.get("/api/v1/project/export-xlsx/", headers=api.headers | {"Accept": MEDIA_TYPE})
    assert response.status_code == 200


async def test_writing_is_not_allowed_there(api: Catalog) -> None:
    for word in ("export-xlsx", "template-xlsx"):
        response = await api.post(f"nomenklatura/{word}/", {})
        assert response.status_code == 405
        assert {"GET", "HEAD", "OPTIONS"} == set(response.headers["allow"].split(", "))


async def test_rows_deleted_before_their_turn_are_left_out(
    api: Catalog, app: FastAPI, settings: CatalogSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 1)
    for number in range(9):
        await api.make_product(f"N{number}")
    asked = ListRequest({}, "http://testserver/", None)
    export = await service.export(app.state.database, app.state.lists, NOMENKLATURA, asked, Where())
    pieces: list[bytes] = []
    async for piece in export.content:
        if not pieces:
            with psycopg.connect(settings.dsn, autocommit=True) as connection:
                connection.execute("update nomenklatura set is_deleted = true where code_1c < 'N4'")
        pieces.append(piece)
    assert read_workbook(b"".join(pieces)).column("code_1c") == ["N8", "N7", "N6", "N5", "N4"]
