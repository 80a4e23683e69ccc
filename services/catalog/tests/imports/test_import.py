"""Workbooks in: what is stored, what is kept, and what is rejected."""

import datetime
import io
from typing import Any

import httpx
import psycopg
import pytest
from catalog.settings import CatalogSettings
from ecatalog.testing.tokens import TokenFactory
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

from ..builders import Catalog
from .books import LAYOUTS, MAIN, book, header_row, imported, numbers, package, renamed, sheet, upload

PRODUCT: dict[str, Any] = {
    "code_1c": "N-1", "name": "Item", "title": "T", "description": "<b>d</b>", "is_active": False, "sku": "S",
    "barcode": "0012", "brand": "B", "manufacturer": "M", "model": "m", "series": "s", "vendor_code": "v",
    "base_price": 12000, "sale_price": 13500.5, "cost_price": 0, "currency": "USD", "discount_percent": 5,
    "tax_rate": 12, "stock_quantity": 100, "min_stock": -1, "max_stock": 500, "unit_of_measure": "dona",
    "weight": 1.525, "dimensions": "1x2", "volume": 0.5, "category": "C", "subcategory": "c", "color": "red",
    "size": "L", "material": "g", "warranty_period": 12, "expiry_date": "2027-12-31",
    "production_date": datetime.date(2026, 1, 15), "notes": "n", "rating": 4.75, "popularity_score": 50,
    "seo_keywords": "k", "source": "excel",
}  # fmt: skip
STORED = PRODUCT | {
    "base_price": "12000.00", "sale_price": "13500.50", "cost_price": "0.00", "discount_percent": "5.00",
    "tax_rate": "12.00", "stock_quantity": "100.00", "min_stock": "-1.00", "max_stock": "500.00", "weight": "1.525",
    "volume": "0.500", "rating": "4.75", "production_date": "2026-01-15",
}  # fmt: skip


async def product(api: Catalog, code: str) -> dict[str, Any]:
    response = await api.get(f"nomenklatura/{code}/")
    assert response.status_code == 200, response.text
    row: dict[str, Any] = response.json()
    return row


def events(settings: CatalogSettings) -> int:
    with psycopg.connect(settings.dsn) as connection:
        row = connection.execute("select count(*) from outbox").fetchone()
    assert row is not None
    return int(row[0])


async def test_every_column_is_stored_and_the_same_file_again_changes_and_tells_nothing(
    api: Catalog, settings: CatalogSettings
) -> None:
    content = book("nomenklatura", PRODUCT)
    assert numbers(await imported(api, "nomenklatura", content)) == (1, 0, 0, 0)
    row = await product(api, "N-1")
    assert {name: row[name] for name in STORED} == STORED
    before = events(settings)
    assert numbers(await imported(api, "nomenklatura", content)) == (0, 1, 1, 0)
    assert events(settings) == before
    assert await product(api, "N-1") == row


async def test_the_export_of_each_kind_comes_back_unchanged(api: Catalog) -> None:
    names = ["'\"\\", "😀 Молоко o‘zbek", "=1+1", "+998 90", "_x0041_", "a\nb", "&lt;<tag> & co", "007"]
    for place, name in enumerate(names):
        await api.make_project(f"P{place}", name=name)
        await api.make_client(f"00{place}", name=name, rating="4.5", established_date="2020-02-29")
        await api.make_product(f"=N{place}", name=name, base_price="0", description="х" * 32_767)
    for kind in LAYOUTS:
        exported = await api.get(f"{kind}/export-xlsx/")
        before = (await api.get(f"{kind}/")).json()
        assert numbers(await imported(api, kind, exported.content)) == (0, len(names), len(names), 0)
        assert (await api.get(f"{kind}/")).json() == before


async def test_only_the_cells_that_changed_are_written(api: Catalog, settings: CatalogSettings) -> None:
    for code in ("A", "B"):
        await api.make_product(code, brand="old", base_price="5")
    before = events(settings)
    content = book("nomenklatura", {"code_1c": "A", "brand": "new"}, {"code_1c": "B", "brand": "old"})
    assert numbers(await imported(api, "nomenklatura", content)) == (0, 2, 1, 0)
    assert events(settings) == before + 1
    changed = await product(api, "A")
    assert (changed["brand"], changed["base_price"], changed["name"]) == ("new", "5.00", "Product A")


READ: list[tuple[str, Any, Any]] = [
    ("base_price", "12 500,00", "12500.00"), ("base_price", "12\u00a0500", "12500.00"),
    ("base_price", "1\u202f234\u202f567,5", "1234567.50"), ("base_price", "1.5", "1.50"),
    ("base_price", "1,234.56", "1234.56"), ("base_price", "1.234,56", "1234.56"),
    ("base_price", "12'500.00", "12500.00"), ("base_price", 0.1 + 0.2, "0.30"), ("base_price", "-3", "-3.00"),
    ("base_price", 9999999999999.99, "9999999999999.99"), ("weight", "0,525", "0.525"),
    ("warranty_period", "1 200", 1200), ("warranty_period", 12.0, 12), ("warranty_period", "100", 100),
    ("expiry_date", "31.12.2027", "2027-12-31"), ("expiry_date", datetime.date(2027, 2, 3), "2027-02-03"),
    ("expiry_date", "2027-02-03 00:00:00", "2027-02-03"), ("expiry_date", 46022, "2025-12-31"),
    ("is_active", "ha", True), ("is_active", "Да", True), ("is_active", "yes", True), ("is_active", 1, True),
    ("is_active", "yo‘q", False), ("is_active", "нет", False), ("is_active", 0, False), ("is_active", "no", False),
    ("barcode", 4780000000012, "4780000000012"), ("barcode", 12.5, "12.5"), ("sku", "007", "007"),
    ("expiry_date", "2027-02-03T14:30:00", "2027-02-03"),
    ("expiry_date", "03.02.2027 14:30", "2027-02-03"), ("is_active", False, False), ("brand", True, "TRUE"),
]  # fmt: skip
WRONG: list[tuple[str, Any]] = [
    ("base_price", "cheap"), ("base_price", "1 2"), ("base_price", "1,2,3"), ("base_price", "12 500,001"),
    ("base_price", 1e20), ("warranty_period", "1.5"), ("warranty_period", 3_000_000_000), ("expiry_date", 2027),
    ("expiry_date", "31.02.2027"), ("expiry_date", "soon"), ("is_active", "maybe"), ("brand", "x" * 151),
    ("rating", "#N/A"), ("base_price", True), ("notes", "=1+1"),
]  # fmt: skip


async def test_cells_are_read_as_people_fill_them(api: Catalog) -> None:
    rows = [{"code_1c": f"N{place}", column: typed} for place, (column, typed, _) in enumerate(READ)]
    answer = await imported(api, "nomenklatura", book("nomenklatura", *rows))
    assert answer["errors"] == []
    stored = [(await product(api, f"N{place}"))[column] for place, (column, _, _) in enumerate(READ)]
    assert stored == [expected for _, _, expected in READ]


async def test_a_cell_that_cannot_be_read_is_an_error_of_its_row_and_column(api: Catalog) -> None:
    await api.make_product("N0", brand="kept")
    rows = [{"code_1c": f"N{place}", column: typed} for place, (column, typed) in enumerate(WRONG)]
    answer = await imported(api, "nomenklatura", book("nomenklatura", *rows, {"code_1c": "good"}))
    assert numbers(answer) == (1, 0, 0, len(WRONG))
    wrong = [(error["row"], error["column"], error["code"]) for error in answer["errors_json"]]
    assert wrong == [(place + 2, column, f"N{place}") for place, (column, _) in enumerate(WRONG)]
    said = [f"Row {one['row']} ({one['code']}): {one['column']}: {one['error']}" for one in answer["errors_json"]]
    assert answer["errors"] == said
    assert sorted(await api.listed("nomenklatura")) == ["N0", "good"]


async def test_an_empty_cell_leaves_the_stored_value_and_a_new_row_without_a_name_is_named_by_its_code(
    api: Catalog,
) -> None:
    await api.make_client("C", phone="1", is_active=False)
    content = book("client", {"client_code_1c": "C", "phone": "  "}, {"client_code_1c": "D"})
    assert numbers(await imported(api, "client", content)) == (1, 1, 1, 0)
    old, new = [(await api.get(f"client/{code}/")).json() for code in "CD"]
    assert (old["phone"], old["is_active"], old["name"]) == ("1", False, "Client C")
    assert (new["name"], new["is_active"], new["currency"]) == ("D", True, "UZS")


async def test_rows_without_a_code_are_errors_and_empty_rows_are_passed_over(api: Catalog) -> None:
    content = book("project", [None, "no code"], [], ["A"], ["", " "], [12345, "numeric"])
    answer = await imported(api, "project", content)
    assert answer["errors"] == ["Row 2: code_1c bo'sh bo'lishi mumkin emas"]
    assert numbers(answer) == (2, 0, 0, 1)
    assert sorted(await api.listed("project")) == ["12345", "A"]
    made = (await api.get("project/A/")).json()
    assert (made["name"], made["title"], made["description"]) == ("A", None, "")


async def test_of_rows_with_one_code_the_last_counts_even_when_it_is_wrong(api: Catalog) -> None:
    content = book(
        "project", ["A", "first"], ["A", "second"], ["B", "good"], ["B", "x" * 300],
    )  # fmt: skip
    answer = await imported(api, "project", content)
    assert numbers(answer) == (1, 0, 0, 3)
    assert answer["errors"][0] == "Row 2 (A): code_1c: Duplicate code: row 3 counts."
    assert [error["row"] for error in answer["errors_json"]] == [2, 4, 5]
    assert (await api.get("project/A/")).json()["name"] == "second"
    assert (await api.get("project/B/")).status_code == 404


async def test_a_code_in_several_projects_is_an_error_without_the_project(api: Catalog) -> None:
    for code in ("P1", "P2"):
        project = await api.make_project(code)
        await api.make_product("N", project_id=project["id"])
    content = book("nomenklatura", {"code_1c": "N", "name": "renamed"})
    answer = await imported(api, "nomenklatura", content)
    assert numbers(answer) == (0, 0, 0, 1)
    assert answer["errors_json"][0]["column"] == "project_id"
    form = {"project_id": str(project["id"])}
    assert numbers(await imported(api, "nomenklatura", content, form=form)) == (0, 1, 0, 0)
    assert numbers(await imported(api, "nomenklatura", content, form={"project_id": "0"})) == (1, 0, 0, 0)


@pytest.mark.parametrize("sent", ["999999", "x", "-1", "1e3"])
async def test_an_unknown_project_is_refused(api: Catalog, sent: str) -> None:
    response = await upload(api, "client", book("client"), form={"project_id": sent})
    assert response.json() == {"project_id": [f'Invalid pk "{sent}" - object does not exist.']}


async def test_a_dry_run_reports_and_changes_nothing(api: Catalog, settings: CatalogSettings) -> None:
    await api.make_project("A")
    before = events(settings)
    content = book("project", ["A", "renamed"], ["B", "new"], ["C", "x" * 300])
    answer = await imported(api, "project", content, dry_run="true")
    assert (numbers(answer), answer["dry_run"]) == ((1, 1, 0, 1), True)
    assert await api.listed("project") == ["A"]
    assert (await api.get("project/A/")).json()["name"] == "Project A"
    assert events(settings) == before


async def test_a_deleted_project_comes_back_and_a_deleted_client_is_made_anew(api: Catalog) -> None:
    await api.make_project("P", title="kept")
    await api.make_client("C", phone="1")
    await api.delete("project/P/")
    await api.delete("client/C/")
    assert numbers(await imported(api, "project", book("project", ["P", "back"]))) == (0, 1, 0, 0)
    assert numbers(await imported(api, "client", book("client", ["C", "back"]))) == (1, 0, 0, 0)
    assert (await api.get("project/P/")).json()["title"] == "kept"
    assert (await api.get("client/C/")).json()["phone"] is None


async def test_clients_of_other_regions_are_not_touched(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    await api.make_client("C", business_region_code="R1")
    other = Catalog(client, tokens.headers(9, "editor", regions=["R2"]))
    answer = await imported(other, "client", book("client", ["C", "mine"]))
    assert answer["errors"] == ["Row 2 (C): client_code_1c: client with this client code 1c already exists."]
    assert (await api.get("client/C/")).json()["name"] == "Client C"


async def test_texts_that_cells_share_rich_ones_too_and_days_from_1904_are_read(api: Catalog) -> None:
    texts = "<si><t>N</t></si><si><r><t>a </t></r><r><t>b_x000D_</t></r><rPh><t>no</t></rPh></si>"
    day = '<c r="AF2" s="1"><v>44561</v></c>'
    row = f'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c>{day}</row>'
    content = package(sheet(header_row("nomenklatura") + row), texts, date1904=True)
    assert numbers(await imported(api, "nomenklatura", content)) == (1, 0, 0, 0)
    stored = await product(api, "N")
    assert (stored["name"], stored["expiry_date"]) == ("a b", "2026-01-01")


DATES = {"name": 46143, "base_price": 1.05, "warranty_period": 5, "barcode": 46143, "is_active": 1}
NOT_A_DAY = "The cell holds a date. Give it the format of a text or of a number, and write the value again."


@pytest.mark.parametrize("column", DATES)
async def test_date_where_none_belongs_is_an_error_and_not_its_number(api: Catalog, column: str) -> None:
    rows: list[dict[str, Any]] = [
        {"code_1c": "N", "name": "x", column: datetime.date(2026, 5, 1)}, {"code_1c": "M", "name": "x", column: 1},
    ]  # fmt: skip
    answer = await imported(api, "nomenklatura", book("nomenklatura", *rows))
    assert numbers(answer) == (1, 0, 0, 1)
    assert [(error["column"], error["error"]) for error in answer["errors_json"]] == [(column, NOT_A_DAY)]


FORMATS = [
    ("dd/mm/yyyy", True), ("[$-419]d mmm;@", True), ("[h]:mm", True), ("General", False), ("0.00E+00", False),
    ('#,##0.00" so\'m"', False), (r"#,##0\ \s\o\m", False), ("_-* #,##0_д_-", False), ("[Red]0.0;[Blue]0.0", False),
]  # fmt: skip


@pytest.mark.parametrize("comment", ["", "<!-- read by the parser -->"])
@pytest.mark.parametrize(("code", "is_date"), FORMATS)
async def test_formats_of_cells_tell_dates_from_numbers(api: Catalog, code: str, is_date: bool, comment: str) -> None:
    escaped = code.replace('"', "&quot;")
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="{escaped}"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="164"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
        "</styleSheet>"
    )
    cells = '<c r="A2" t="inlineStr"><is><t>N</t></is></c><c r="B2" t="inlineStr"><is><t>x</t></is></c>'
    row = f'<row r="2">{cells}<c r="M2" s="1"><v>46143</v></c><c r="N2" s="0"><v>5</v></c>{comment}</row>'
    content = package(sheet(header_row("nomenklatura") + row), styles=styles)
    assert numbers(await imported(api, "nomenklatura", content)) == ((0, 0, 0, 1) if is_date else (1, 0, 0, 0))


@pytest.mark.parametrize(("sent", "status", "rows"), [("true", 200, 0), ("x", 400, 0), ("false", 200, 1)])
async def test_dry_run_may_stand_beside_the_file(api: Catalog, sent: str, status: int, rows: int) -> None:
    answer = await upload(api, "project", book("project", ["P", "x"]), form={"dry_run": sent})
    assert answer.status_code == status
    assert len(await api.listed("project")) == rows


RENAMED = {
    "1C": [("xl/sharedStrings.xml", "xl/SharedStrings.xml")],
    "capitals": [("xl/worksheets/sheet1.xml", "xl/worksheets/Sheet1.xml"), ("xl/workbook.xml", "XL/Workbook.xml")],
    "backslashes": [("xl/worksheets/sheet1.xml", "xl\\worksheets\\sheet1.xml"), ("_rels/.rels", "_rels\\.rels")],
}


@pytest.mark.parametrize("form", RENAMED)
async def test_parts_are_found_in_whatever_form_their_names_are_written(api: Catalog, form: str) -> None:
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    content = renamed(package(sheet(header_row("project") + row), "<si><t>P</t></si>"), dict(RENAMED[form]))
    assert numbers(await imported(api, "project", content)) == (1, 0, 0, 0)


async def test_sheets_in_any_form_of_xml_give_the_same_rows(api: Catalog) -> None:
    plain = header_row("project") + '<row r="3"><c r="A3" t="inlineStr"><is><t>P&amp;1</t></is></c><c/></row>'
    prefixed = plain.replace("</", "<|").replace("<", "<x:").replace("<x:|", "</x:")
    commented = plain.replace("</row>", "<!-- c --></row>")
    spaced = plain.replace("><c", ">\n <c")
    formula = plain.replace("<c/>", '<c r="B3" t="str"><f>A1</f><v>calculated</v></c>')
    expected = [(1, 0, 0, 0), (0, 1, 1, 0), (0, 1, 1, 0), (0, 1, 1, 0), (0, 1, 0, 0)]
    contents = [sheet(plain), sheet(prefixed, prefix="x"), sheet(commented), sheet(spaced), sheet(formula)]
    assert [numbers(await imported(api, "project", package(one))) for one in contents] == expected
    assert (await api.get("project/P&1/")).json()["name"] == "calculated"


async def test_codes_of_many_digits_keep_them_all(api: Catalog) -> None:
    codes = ("10202001001000123", "10202001001000124", "346000000000000017")
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{code}</v></c></row>' for row, code in enumerate(codes, start=2))
    assert numbers(await imported(api, "project", package(sheet(header_row("project") + rows)))) == (3, 0, 0, 0)
    assert sorted(await api.listed("project")) == sorted(codes)


async def test_a_boolean_is_true_or_false_in_both_forms(api: Catalog) -> None:
    place = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[LAYOUTS["project"].headers.index("is_active")]
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><v>P{row}</v></c><c r="{place}{row}" t="b"><v>{value}</v></c></row>'
        for row, value in enumerate(("true", "false", "1", "0", "2"), start=2)
    )
    answer = await imported(api, "project", package(sheet(header_row("project") + rows)))
    assert numbers(answer) == (4, 0, 0, 1)
    assert [(await api.get(f"project/P{row}/")).json()["is_active"] for row in range(2, 6)] == [True, False] * 2


async def test_the_number_of_a_row_may_stand_behind_its_other_attributes(api: Catalog) -> None:
    row = '<row spans="1:3" r="10"><c r="B10" t="str"><v>nameless</v></c></row>'
    answer = await imported(api, "project", package(sheet(header_row("project") + row)))
    assert [error["row"] for error in answer["errors_json"]] == [10]


async def test_rows_of_one_shape_keep_texts_that_look_like_what_stands_around_them(api: Catalog) -> None:
    titles = ['no. 2"', '3"', '"4"', ' r="5" ', "6&quot;"]
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>P{number}</t></is></c>'
        f'<c r="C{number}" s="{number}" t="inlineStr"><is><t xml:space="preserve">{title}</t></is></c></row>'
        for number, title in enumerate(titles, start=2)
    )
    assert numbers(await imported(api, "project", package(sheet(header_row("project") + rows)))) == (5, 0, 0, 0)
    stored = [(await api.get(f"project/P{number}/")).json()["title"] for number in range(2, 7)]
    assert stored == ['no. 2"', '3"', '"4"', 'r="5"', '6"']


async def test_rejected_rows_come_back_as_a_workbook_to_mend(api: Catalog) -> None:
    content = book("project", ["A", "a"], ["B", "x" * 300, "T"], [None, "no code"])
    answer = await imported(api, "project", content)
    for ending in ("", "/"):
        response = await api.get(f"project/import-xlsx/{answer['task_id']}/errors.xlsx{ending}")
        assert response.status_code == 200
    assert response.headers["content-disposition"] == 'attachment; filename="projects_errors.xlsx"'
    rows: list[Any] = list(load_workbook(io.BytesIO(response.content))["Projects"].values)
    assert rows[0] == (*LAYOUTS["project"].headers, "error")
    assert rows[1] == ("B", "x" * 300, "T", None, None, "name: Ensure this field has no more than 255 characters.")
    assert rows[2][:2] == (None, "no code")
    assert numbers(await imported(api, "project", response.content)) == (0, 0, 0, 2)


async def test_the_status_of_an_import_has_the_form_of_a_sync(
    api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory
) -> None:
    answer = await imported(api, "project", book("project", ["A", "a"], ["B", "x" * 300]))
    path = f"project/import-xlsx/{answer['task_id']}/"
    status = (await api.get(path)).json()
    assert (status["status"], status["total"], status["processed"], status["created_items"]) == ("completed", 2, 2, 1)
    assert (status["error_items"], status["progress_percent"], status["error_message"]) == (1, 100, None)
    assert status["item_errors"][0]["code"] == "B"
    assert status["errors_json"] == answer["errors_json"]
    other = Catalog(client, tokens.headers(9, "editor"))
    admin = Catalog(client, tokens.headers(10, "admin"))
    assert [(await who.get(path)).status_code for who in (other, admin)] == [404, 200]
    assert (await api.get(path.replace("project", "client"))).status_code == 404
    assert (await api.get("project/import-xlsx/x/")).status_code == 404


async def test_the_path_only_takes_a_file(api: Catalog) -> None:
    got = await api.get("project/import-xlsx/")
    assert (got.status_code, got.headers["allow"]) == (405, "POST")
    assert (await api.post("project/import-xlsx/", {"file": "x"})).status_code == 415
    files = {"other": ("x", b"x")}
    missing = await api.client.post(
        "/api/v1/project/import-xlsx/", headers=api.headers, files=files, data={"file": "x"}
    )
    assert (missing.status_code, missing.json()) == (400, {"error": "file field talab qilinadi"})


async def test_everything_that_is_wrong_with_a_request_is_named_at_once(api: Catalog) -> None:
    wrong = {
        "project_id": ['Invalid pk "999999" - object does not exist.'],
        "dry_run": ["Must be a valid boolean."],
    }
    sent = {"project_id": "999999", "dry_run": "perhaps"}
    path = "/api/v1/nomenklatura/import-xlsx/"
    nothing = await api.client.post(path, data=sent, files={"other": ("a.txt", b"x")}, headers=api.headers)
    assert (nothing.status_code, nothing.json()) == (400, {"error": "file field talab qilinadi"} | wrong)
    whole = await upload(api, "nomenklatura", book("nomenklatura", ["A", "x"]), form=sent)
    assert (whole.status_code, whole.json()) == (400, wrong)


@pytest.mark.parametrize("kind", ["fields", "files"])
async def test_a_form_of_a_thousand_parts_beside_the_file_is_refused(api: Catalog, kind: str) -> None:
    content = book("project", ["P", "x"])
    more = {f"part{number}": "x" for number in range(1001)}
    files = {"file": ("book.xlsx", content)} | ({name: (name, b"x") for name in more} if kind == "files" else {})
    answer = await api.client.post(
        "/api/v1/project/import-xlsx/", headers=api.headers, files=files, data=more if kind == "fields" else {}
    )
    assert answer.status_code == 400
    assert f"Too many {kind}" in answer.json()["detail"]
    assert await api.listed("project") == []
