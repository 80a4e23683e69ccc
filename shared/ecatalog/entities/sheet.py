"""Declares the workbook of an entity: one layout for the export, the template and the import."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from pydantic import BaseModel

from ecatalog.fields.codes import Identifier
from ecatalog.fields.types import Boolean, Date, DecimalNumber, FieldType, Integer, Percent, Text


class CellType(Enum):
    """Says how the cells of a column stand in the file."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Value(Enum):
    """Says what the cells of a column mean.

    A code is text that tells one thing from others, percents count hundredths, and a day is text: ``YYYY-MM-DD``.
    """

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    DAY = "day"


_CELLS = {
    Value.INTEGER: CellType.NUMBER,
    Value.DECIMAL: CellType.NUMBER,
    Value.PERCENT: CellType.NUMBER,
    Value.BOOLEAN: CellType.BOOLEAN,
}
"""All others are text."""

_VALUES: Sequence[tuple[type[FieldType], Value]] = (
    (Identifier, Value.CODE),
    (Text, Value.TEXT),
    (Integer, Value.INTEGER),
    (Percent, Value.PERCENT),
    (DecimalNumber, Value.DECIMAL),
    (Boolean, Value.BOOLEAN),
    (Date, Value.DAY),
)


@dataclass(frozen=True)
class SheetColumn:
    """Declares one column, whose ``name`` is the header, the column of the table and the field of the body."""

    name: str
    type: FieldType

    @cached_property
    def value(self) -> Value:
        return next(value for kind, value in _VALUES if isinstance(self.type, kind))

    @property
    def cell(self) -> CellType:
        return _CELLS.get(self.value, CellType.TEXT)


@dataclass(frozen=True)
class SheetLayout:
    """Declares one sheet, whose first row is the headers.

    ``file`` is its name without ending; ``sample`` the first cells of the template's only row, the others are empty.
    """

    sheet: str
    file: str
    columns: tuple[SheetColumn, ...]
    sample: tuple[str | bool, ...]

    @classmethod
    def of(
        cls, base: type[BaseModel], sheet: str, file: str, names: Sequence[str], sample: tuple[str | bool, ...]
    ) -> "SheetLayout":
        """Make the layout whose columns are the fields ``names`` of a base class, in this order."""
        return cls(sheet, file, tuple(SheetColumn(name, _type(base, name)) for name in names), sample)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _type(base: type[BaseModel], name: str) -> FieldType:
    return next(item for item in base.model_fields[name].metadata if isinstance(item, FieldType))
