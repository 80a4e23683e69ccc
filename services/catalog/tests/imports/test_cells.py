"""Cells of texts mean what they mean in an answer of 1C."""

from typing import Any

import pytest
from catalog.entities.nomenklatura import MONEY, PERCENT
from catalog.imports.reader.cells import reader
from ecatalog.entities.sheet import Value
from ecatalog.fields.codes import Code
from ecatalog.fields.types import Boolean, Date, FieldType, Text
from ecatalog.testing.values import BOOLEANS, CODES, DAYS, NUMBERS, PERCENTS, REFUSED
from pydantic_core import PydanticCustomError

COLUMNS: dict[Value, tuple[FieldType, Any]] = {
    Value.BOOLEAN: (Boolean(), BOOLEANS), Value.DAY: (Date(), DAYS), Value.DECIMAL: (MONEY, NUMBERS),
    Value.PERCENT: (PERCENT, PERCENTS), Value.CODE: (Text(255, blank=False), CODES),
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_a_text_means_what_it_means_everywhere(column: Value) -> None:
    field, table = COLUMNS[column]
    read = reader(column, field, "inlineStr", from_1904=False)
    assert {text: _meaning(read, text, field) for text, _ in table} == dict(table)


def _meaning(read: Any, text: str, field: FieldType) -> Any:
    try:
        value = read(text)
    except (PydanticCustomError, ValueError, ArithmeticError):
        return REFUSED
    return str(field.clean(value)) if field in {MONEY, PERCENT} else value


@pytest.mark.parametrize("code", ["export-xlsx", "import-xlsx/1", "..", ".", "a\\b", "a\tb", "export-xlsx\u200b"])
def test_a_code_that_no_address_can_carry_is_refused(code: str) -> None:
    read = reader(Value.CODE, Code(255, blank=False), "inlineStr", from_1904=False)
    with pytest.raises(PydanticCustomError):
        read(code)
    assert read("export-xlsx-1") == "export-xlsx-1"
