"""Workbooks to import."""

import io
import zipfile
from collections.abc import Iterable, Mapping

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from ecatalog.entities.sheet import CellType, SheetLayout
from ecatalog.excel.writer import Workbook

SHEETS: dict[str, SheetLayout] = {"project": PROJECT.sheet, "client": CLIENT.sheet, "nomenklatura": NOMENKLATURA.sheet}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CODES = {"project": "code_1c", "client": "client_code_1c", "nomenklatura": "code_1c"}
LARGE = 5003
"""Rows of a workbook that is left to the worker."""


def book(kind: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """A workbook with all columns of ``kind``, whose cells are texts."""
    layout = SHEETS[kind]
    workbook = Workbook(layout.sheet, layout.headers, [CellType.TEXT] * len(layout.headers))
    cells = [row.get(header, "") for row in rows for header in layout.headers]
    return workbook.begin() + (workbook.rows(cells) if cells else b"") + workbook.end()


def large(kind: str, prefix: str, *last: Mapping[str, str]) -> bytes:
    """``LARGE`` rows with codes from ``prefix``-0000 on, and the ``last`` ones below them."""
    good = ({CODES[kind]: f"{prefix}-{number:04d}", "name": f"Row {number}"} for number in range(LARGE))
    return book(kind, [*good, *last])


def rejected(kind: str, code: str) -> list[dict[str, str]]:
    """Rows that are refused: two cells that cannot be read, a name that is too long, no code, and a code twice."""
    name = CODES[kind]
    rows = [{name: f"{code}-2", "name": "x" * 300}, {"name": "No code"}, {name: f"{code}-4", "name": "Twice"}]
    if kind != "project":
        rows[0] |= {"rating": "best", "website" if kind == "client" else "expiry_date": "31.02.2027"}
    return [*rows, {name: f"{code}-4", "name": "The last counts"}]


def broken(content: bytes) -> bytes:
    """The workbook with a tag too many below its last row."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name in whole.namelist():
            written.writestr(name, whole.read(name).replace(b"</sheetData>", b"<row></c></row></sheetData>"))
    return made.getvalue()
