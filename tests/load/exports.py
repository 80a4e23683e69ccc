"""How fast the products come as a workbook, and what that takes."""

import io
import statistics
import time
import zipfile
from typing import IO

import psutil
import psycopg
from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.db.sql import Ident, compose, join
from ecatalog.entities.sheet import SheetColumn, Value

from tests.load import memory
from tests.load.bench import Bench
from tests.load.catalog import LIST
from tests.load.goals import HAND
from tests.load.rates import RUNS

PATH = f"{LIST}export-xlsx/"
NAME = "export of products to Excel"
LARGEST = "largest process in the export"

_FILLED = {
    Value.TEXT: "left('text ' || id, 10)",
    Value.CODE: "left('code ' || id, 10)",
    Value.INTEGER: "id % 1000",
    Value.DECIMAL: "id % 9 + 0.25",
    Value.PERCENT: "id % 9 + 0.25",
    Value.BOOLEAN: "true",
    Value.DAY: "date '2026-01-15' + (id % 1000)::int",
}


def export(bench: Bench) -> None:
    """Every cell of every product holds something, so that all of them are paid for."""
    _fill(bench)
    products = bench.api.count(LIST)
    _require_whole(bench.api.http.get(PATH, timeout=300).raise_for_status().content, products)
    hand = by_hand_rate(bench.database_url("catalog"))
    with bench.watched() as used:
        rates = [_timed(bench, products) for _ in range(RUNS)]
    bench.table.add(NAME, statistics.median(rates), ceilings={HAND: hand}, used=used, units=RUNS * products)
    family = psutil.Process(bench.cluster.supervisor_pid).children(recursive=True)
    with memory.peaks({str(process.pid): process.pid for process in family}) as peaks:
        _timed(bench, products)
    bench.table.add(LARGEST, max(peaks.values()), memory=max(peaks.values()))


def by_hand_rate(dsn: str) -> float:
    """Rows a second by which PostgreSQL gives out the same columns."""
    columns = join(", ", [Ident(column.name) for column in NOMENKLATURA.sheet.columns])
    sql = "copy (select {columns} from {table} where not is_deleted) to stdout"
    statement = compose(sql, columns=columns, table=NOMENKLATURA.name)
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        began = time.monotonic()
        with cursor.copy(statement.encode()) as copy:
            for _ in copy:
                pass
        return cursor.rowcount / (time.monotonic() - began)


def _fill(bench: Bench) -> None:
    with psycopg.connect(bench.database_url("catalog"), autocommit=True) as connection:
        values = ", ".join(f"{column.name} = {_value(column)}" for column in NOMENKLATURA.sheet.columns)
        connection.execute(f"update nomenklatura set {values}".encode())  # noqa: S608 - names of the layout
        connection.execute("vacuum analyze nomenklatura")


def _value(column: SheetColumn) -> str:
    kept = f"nullif({column.name}, '')" if column.value in {Value.TEXT, Value.CODE} else column.name
    return f"coalesce({kept}, {_FILLED[column.value]})"


def _timed(bench: Bench, rows: int) -> float:
    """Rows a second from the request to the last byte."""
    began = time.monotonic()
    with bench.api.http.stream("GET", PATH, timeout=300) as answer:
        answer.raise_for_status()
        for _ in answer.iter_raw():
            pass
    return rows / (time.monotonic() - began)


def _require_whole(content: bytes, rows: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)).open("xl/worksheets/sheet1.xml") as sheet:
        cells = _count(sheet, b"<c ")
    if cells < rows * len(NOMENKLATURA.sheet.columns):
        raise RuntimeError(f"the export has {cells} cells for {rows} products")


def _count(file: IO[bytes], sign: bytes) -> int:
    """Count a sign in what may be larger than the memory."""
    count, rest = 0, b""
    while piece := file.read(1024 * 1024):
        piece = rest + piece
        count += piece.count(sign)
        rest = piece[1 - len(sign) :]
    return count
