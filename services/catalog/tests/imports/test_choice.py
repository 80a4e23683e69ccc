"""The sheet that is read is the visible one whose headers fit, wherever it stands and whatever was open."""

import io
import zipfile
from dataclasses import dataclass

import pytest

from .books import MAIN, OFFICE, PACKAGE, Found, header_row, read, sheet, text_cells

LIST = header_row("project")
NOTES = sheet(f"<row>{text_cells(['Prices are without tax'])}</row>")


@dataclass(frozen=True)
class Sheet:
    xml: str
    name: str = "S"
    state: str = ""
    kind: str = "worksheet"


def project(*codes: str) -> str:
    return sheet(LIST + "".join(f"<row>{text_cells([code])}</row>" for code in codes))


def told(*sheets: Sheet, active: int = 0) -> Found:
    related, listed = "", ""
    parts: dict[str, str] = {}
    for at, one in enumerate(sheets):
        related += f'<Relationship Id="r{at}" Type="{OFFICE}/{one.kind}" Target="{one.kind}s/s{at}.xml"/>'
        state = f' state="{one.state}"' if one.state else ""
        listed += f'<sheet name="{one.name}" sheetId="{at + 1}"{state} r:id="r{at}"/>'
        parts[f"xl/{one.kind}s/s{at}.xml"] = one.xml
    views = f'<bookViews><workbookView activeTab="{active}"/></bookViews>'
    parts |= {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{views}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return read("project", buffer.getvalue())


OTHERS = {
    "a hidden list": Sheet(project("HIDDEN"), "Old", "hidden"),
    "a very hidden list": Sheet(project("HIDDEN"), "Old", "veryHidden"),
    "a hidden list of the right name": Sheet(project("HIDDEN"), "Projects", "hidden"),
    "a chart": Sheet(f'<chartsheet xmlns="{MAIN}"/>', "Chart", kind="chartsheet"),
    "a dialog": Sheet(f'<dialogsheet xmlns="{MAIN}"/>', "Dialog", kind="dialogsheet"),
    "macros": Sheet(f'<macrosheet xmlns="{MAIN}"/>', "Macro", kind="xlMacrosheet"),
    "notes": Sheet(NOTES, "Notes"),
    "notes of the right name": Sheet(NOTES, "Projects"),
    "an empty sheet": Sheet(sheet(""), "Sheet2"),
    "an empty list": Sheet(project(), "Sheet2"),
    "an empty list of the right name": Sheet(project(), "Projects"),
    "a broken sheet": Sheet("<worksheet", "Sheet2"),
    "a sheet of another program": Sheet("<!DOCTYPE x []><worksheet/>", "Sheet2"),
}


@pytest.mark.parametrize("active", [0, 1])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("other", OTHERS)
def test_another_sheet_changes_nothing(other: str, first: bool, active: int) -> None:
    meant = Sheet(project("P"), "Price")
    sheets = (OTHERS[other], meant) if first else (meant, OTHERS[other])
    found = told(*sheets, active=active)
    assert [row["code_1c"] for row in found.rows.values()] == ["P"], found.refusal


@pytest.mark.parametrize("active", [0, 1, 7])
def test_of_two_lists_that_of_the_right_name_is_read(active: int) -> None:
    lists = (Sheet(project("A"), "January"), Sheet(project("B"), "projects"))
    assert [row["code_1c"] for row in told(*lists, active=active).rows.values()] == ["B"]


@pytest.mark.parametrize("active", [0, 1])
def test_two_lists_are_refused_by_their_names(active: int) -> None:
    found = told(Sheet(project("A"), "January"), Sheet(project("B"), "February"), active=active)
    assert found.refusal is not None
    assert found.refusal.status == 400
    assert "January, February" in found.refusal.body["error"]


def test_headers_that_fit_nowhere_are_those_of_the_sheet_that_was_meant() -> None:
    headers = text_cells(["\u200bcode", "name "])
    wrong = Sheet(sheet(f"<row>{headers}</row>"), "Projects")
    found = told(Sheet(NOTES, "Notes"), wrong)
    assert found.refusal is not None
    assert found.refusal.body["received"] == ["code", "name", "", "", ""]


def test_a_workbook_of_hidden_sheets_is_refused() -> None:
    found = told(Sheet(project("HIDDEN"), state="hidden"))
    assert found.refusal is not None
    assert found.refusal.status == 400


def test_a_workbook_of_many_sheets_costs_little() -> None:
    found = told(*(Sheet(NOTES, f"N{at}") for at in range(500)))
    assert found.refusal is not None
