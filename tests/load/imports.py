"""How fast products come in by a workbook: new ones, and those of an export that nobody changed."""

import io
import time
from typing import Any

from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.entities.sheet import CellType, SheetColumn, Value
from ecatalog.excel.writer import Workbook

from tests.load.bench import Bench
from tests.load.catalog import LIST
from tests.load.exports import PATH as EXPORT
from tests.load.foreign import foreign_cpu, wait_until_quiet

PATH = f"{LIST}import-xlsx/"
NEW = "import of new products from Excel"
UNCHANGED = "import of an unchanged export"
ROWS = 100_000

_CELLS = {
    Value.TEXT: CellType.TEXT, Value.CODE: CellType.TEXT, Value.DAY: CellType.TEXT, Value.INTEGER: CellType.NUMBER,
    Value.DECIMAL: CellType.NUMBER, Value.PERCENT: CellType.NUMBER, Value.BOOLEAN: CellType.BOOLEAN,
}  # fmt: skip
_FILLED = {
    Value.INTEGER: "7", Value.DECIMAL: "4.25", Value.PERCENT: "4.25", Value.BOOLEAN: "1", Value.DAY: "2026-01-15",
}  # fmt: skip


def measure(bench: Bench) -> None:
    """Every cell holds something, so that all of them are paid for. Raises RuntimeError when a row is lost."""
    new = _timed(bench, NEW, _book(ROWS), ROWS)
    if (new["created"], new["updated"], new["errors"]) != (ROWS, 0, []):
        raise RuntimeError(f"the import ended with other numbers than expected: {new}")
    products = bench.api.count(LIST)
    exported = bench.api.http.get(EXPORT, timeout=300).raise_for_status().content
    same = _timed(bench, UNCHANGED, exported, products)
    if (same["created"], same["updated"], same["unchanged"], same["errors"]) != (0, products, products, []):
        raise RuntimeError(f"the import of an export ended with other numbers than expected: {same}")


def _timed(bench: Bench, name: str, content: bytes, rows: int) -> dict[str, Any]:
    wait_until_quiet(bench.patience)
    with foreign_cpu() as foreign:
        began = time.monotonic()
        answer = bench.api.http.post(PATH, files={"file": ("products.xlsx", content)}, timeout=300).raise_for_status()
        seconds = time.monotonic() - began
    bench.table.add(name, rows / seconds, foreign=foreign.cores)
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
