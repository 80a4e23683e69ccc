"""How fast products come in by a workbook, beside the same rows by hand; and those of an export nobody changed."""

import io
import time
from collections.abc import Mapping
from typing import Any

from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.entities.sheet import CellType, SheetColumn, Value
from ecatalog.excel.writer import Workbook

from tests.load import by_hand, workbook_by_hand
from tests.load.bench import Bench
from tests.load.catalog import LIST
from tests.load.exports import PATH as EXPORT
from tests.load.goals import HAND

PATH = f"{LIST}import-xlsx/"
NEW = "import of new products"
UNCHANGED = "import of an unchanged export"
ROWS = 100_000
IMPORTED = {"price_max": 5}  # a price that no product of the simulated 1C has

_CELLS = {
    Value.TEXT: CellType.TEXT, Value.CODE: CellType.TEXT, Value.DAY: CellType.TEXT, Value.INTEGER: CellType.NUMBER,
    Value.DECIMAL: CellType.NUMBER, Value.PERCENT: CellType.NUMBER, Value.BOOLEAN: CellType.BOOLEAN,
}  # fmt: skip
_FILLED = {
    Value.INTEGER: "7", Value.DECIMAL: "4.25", Value.PERCENT: "4.25", Value.BOOLEAN: "1", Value.DAY: "2026-01-15",
}  # fmt: skip


def measure(bench: Bench) -> None:
    """Every cell holds something, so that all of them are paid for. Raises RuntimeError when a row is lost."""
    book = _book(ROWS)
    new = _timed(bench, NEW, book, ROWS, {HAND: _by_hand(bench, book)})
    if (new["created"], new["updated"], new["errors"]) != (ROWS, 0, []):
        raise RuntimeError(f"the import ended with other numbers than expected: {new}")
    products = bench.api.count(LIST, **IMPORTED)
    exported = bench.api.http.get(EXPORT, params=IMPORTED, timeout=300).raise_for_status().content
    same = _timed(bench, UNCHANGED, exported, products)
    if (same["created"], same["updated"], same["unchanged"], same["errors"]) != (0, products, products, []):
        raise RuntimeError(f"the import of an export ended with other numbers than expected: {same}")


def _by_hand(bench: Bench, book: bytes) -> float:
    table, columns = NOMENKLATURA.name, [column.name for column in NOMENKLATURA.sheet.columns]
    with by_hand.scratch(bench.database_url("catalog"), table) as connection:
        return by_hand.insert(connection, table, columns, workbook_by_hand.rows(book))


def _timed(
    bench: Bench, name: str, content: bytes, rows: int, ceilings: Mapping[str, float] | None = None
) -> dict[str, Any]:
    with bench.watched() as used:
        began = time.monotonic()
        answer = bench.api.http.post(PATH, files={"file": ("products.xlsx", content)}, timeout=300).raise_for_status()
        seconds = time.monotonic() - began
    bench.table.add(name, rows / seconds, ceilings=ceilings, used=used, units=rows)
    numbers: dict[str, Any] = answer.json()
    return numbers


def _book(rows: int) -> bytes:
    columns = NOMENKLATURA.sheet.columns
    workbook = Workbook(
        NOMENKLATURA.sheet.sheet, NOMENKLATURA.sheet.headers, [_CELLS[one.value] for one in columns], rows
    )
    file = io.BytesIO(workbook.begin())
    file.seek(0, io.SEEK_END)
    for row in range(rows):
        file.write(workbook.rows([_cell(column, row) for column in columns]))
    file.write(workbook.end())
    return file.getvalue()


def _cell(column: SheetColumn, row: int) -> str:
    if column.name == "code_1c":
        return f"X-{row:06d}"
    return _FILLED.get(column.value, f"text {row}"[:10])
