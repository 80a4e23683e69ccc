"""Workbooks as people and programs send them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.entities.registry import ENTITIES
from catalog.imports.reader.parsing import Read, WorkbookRefused
from catalog.imports.reader.process import lines
from openpyxl import Workbook  # type: ignore[import-untyped]  # it has no types

from ..builders import Catalog

LAYOUTS = {"project": PROJECT.sheet, "client": CLIENT.sheet, "nomenklatura": NOMENKLATURA.sheet}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def book(kind: str, *rows: dict[str, Any] | Sequence[Any], headers: Sequence[str] | None = None) -> bytes:
    """A workbook as openpyxl writes it; rows by column name, or as cells."""
    workbook = Workbook()
    sheet: Any = workbook.active
    headers = LAYOUTS[kind].headers if headers is None else headers
    sheet.append(list(headers))
    for row in rows:
        sheet.append([row.get(name) for name in headers] if isinstance(row, dict) else list(row))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def package(
    sheet: str | bytes,
    texts: str = "",
    *,
    date1904: bool = False,
    styles: str = "",
    others: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook whose sheet is this very XML; ``others`` are further parts."""
    related = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    if texts:
        related += f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    if styles:
        related += f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(others or {}),
    }  # fmt: skip
    if texts:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'
    if styles:
        parts["xl/styles.xml"] = styles
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


def renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    """The same package with other names of some of its parts, but not where they are referred to."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(buffer, "w") as made:
        for name in read.namelist():
            made.writestr(names.get(name, name), read.read(name))
    return buffer.getvalue()


def sheet(rows: str, head: str = "", prefix: str = "") -> str:
    """The XML of a sheet, its rows already written."""
    name = f"{prefix}:" if prefix else ""
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return f'<{name}worksheet {declared}="{MAIN}">{head}<{name}sheetData>{rows}</{name}sheetData></{name}worksheet>'


def text_cells(texts: Sequence[str]) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


def header_row(kind: str) -> str:
    return f"<row>{text_cells(LAYOUTS[kind].headers)}</row>"


@dataclass
class Found:
    """What a workbook holds, by the number of the row; or the ``refusal`` with which it is not read.

    ``later`` is for each row whose code comes again the one that counts, ``filled`` the cells of rows with errors.
    """

    rows: dict[int, dict[str, Any]]
    errors: dict[int, list[dict[str, str]]]
    later: dict[int, int] = field(default_factory=dict)
    filled: dict[int, dict[str, str]] = field(default_factory=dict)
    refusal: WorkbookRefused | None = None


def read(kind: str, content: bytes) -> Found:
    """The rows of a workbook as the process that reads it tells them."""
    found = Read()
    try:
        for line in lines(io.BytesIO(content), ENTITIES[kind].sheet, "5000"):
            found.add(line.rstrip(b"\n"))
    except WorkbookRefused as refusal:
        return Found({}, {}, refusal=refusal)
    errors = {one.row: one.errors for one in found.rejected}
    return Found(dict(found.good), errors, found.later, {one.row: one.cells for one in found.rejected})


async def upload(
    api: Catalog, kind: str, content: bytes, *, form: dict[str, str] | None = None, **query: Any
) -> httpx.Response:
    return await api.client.post(
        f"/api/v1/{kind}/import-xlsx/", params=query, headers=api.headers, data=form or {},
        files={"file": ("book.xlsx", content, XLSX)},
    )  # fmt: skip


async def imported(api: Catalog, kind: str, content: bytes, **options: Any) -> dict[str, Any]:
    """The answer to a workbook that is read; its numbers add up."""
    response = await upload(api, kind, content, **options)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    assert len(answer["errors"]) == answer["error_count"]
    return answer


def numbers(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["created"], answer["updated"], answer["unchanged"], answer["error_count"]
