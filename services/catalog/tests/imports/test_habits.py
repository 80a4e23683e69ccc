"""Workbooks in the habits of many programs hold for us what they hold for openpyxl, or an error of the cell."""

import io
import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.entities.sheet import Value
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

from .books import read
from .habits import HABITS, made, some_rows

BOOKS_OF_EACH = 30
ROWS = 3
SPOILED = "4,60708E+12"


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
@pytest.mark.parametrize("program", HABITS)
def test_each_cell_is_what_openpyxl_reads_or_an_error(program: str) -> None:
    dice = random.Random(program)  # noqa: S311 - the same ones each time
    for _ in range(BOOKS_OF_EACH):
        content = made(HABITS[program], some_rows(dice, ROWS))
        found = read("nomenklatura", content)
        table = load_workbook(io.BytesIO(content), data_only=True).active
        for number, row in enumerate(table.iter_rows(min_row=2), start=2):
            wrong = {error["column"] for error in found.errors.get(number, [])}
            meant = {
                column.name: _meant(column.value, cell)
                for column, cell in zip(NOMENKLATURA.sheet.columns, row, strict=True)
            }
            assert wrong == {name for name, value in meant.items() if value is WRONG}
            if not wrong:
                assert _numbers(found.rows[number]) == {
                    name: value for name, value in meant.items() if value is not None
                }


WRONG = object()
NUMBERS = frozenset(one.name for one in NOMENKLATURA.sheet.columns if one.value in {Value.DECIMAL, Value.PERCENT})


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if name in NUMBERS else value for name, value in row.items()}


def _meant(column: Value, cell: Any) -> Any:
    """What a person sees in a cell, from what openpyxl says of it."""
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip(" \u200b")):
        return None
    if column is Value.DAY:
        text = value.strftime("%Y-%m-%d") if isinstance(value, date) else value
        return "-".join(reversed(text.split("."))) if "." in text else text
    if isinstance(value, date) or value == SPOILED or (column is Value.DECIMAL and "%" in cell.number_format):
        return WRONG
    if column is Value.BOOLEAN:
        return value in {True, "да"}
    if column in {Value.TEXT, Value.CODE}:
        plain = int(value) if isinstance(value, float) and value.is_integer() else value
        return str(plain).zfill(_zeros(cell.number_format)).strip()
    return _number(column, cell)


def _number(column: Value, cell: Any) -> Any:
    number = Decimal(str(cell.value).strip("%").replace(",", "."))
    if column is Value.INTEGER:
        return int(number)
    shown = number * 100 if "%" in cell.number_format else number
    return shown


def _zeros(code: str) -> int:
    return len(code) if set(code) == {"0"} else 0
