"""The layout of the workbooks fits what clients may write."""

from datetime import date
from decimal import Decimal
from types import NoneType
from typing import get_args

import pytest
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from ecatalog.entities.entity import Entity
from ecatalog.entities.sheet import SheetLayout, Value

TYPES = {
    Value.TEXT: str, Value.CODE: str, Value.INTEGER: int, Value.DECIMAL: Decimal, Value.PERCENT: Decimal,
    Value.BOOLEAN: bool, Value.DAY: date,
}  # fmt: skip


@pytest.mark.parametrize(
    ("entity", "layout", "width"),
    [(PROJECT, PROJECT.sheet, 5), (CLIENT, CLIENT.sheet, 33), (NOMENKLATURA, NOMENKLATURA.sheet, 38)],
)
def test_every_column_is_a_field_of_its_kind_that_clients_may_write(
    entity: Entity, layout: SheetLayout, width: int
) -> None:
    assert len(layout.columns) == len(set(layout.headers)) == width
    assert layout.headers[0] == entity.code
    fields = {column.name: entity.body.model_fields[column.name].annotation for column in layout.columns}
    written = {name: set(get_args(kind) or [kind]) - {NoneType} for name, kind in fields.items()}
    assert written == {column.name: {TYPES[column.value]} for column in layout.columns}
