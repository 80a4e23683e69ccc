"""The layout of the workbooks fits what clients may write."""

from datetime import date
from decimal import Decimal
from types import NoneType
from typing import get_args

import pytest
from catalog.client.service import STORE as CLIENT
from catalog.columns import CLIENT_SHEET, PRODUCT_SHEET, PROJECT_SHEET, SheetLayout, Value
from catalog.nomenklatura.service import STORE as PRODUCT
from catalog.project.service import STORE as PROJECT
from catalog.store import Store

TYPES = {
    Value.TEXT: str, Value.CODE: str, Value.INTEGER: int, Value.DECIMAL: Decimal, Value.PERCENT: Decimal,
    Value.BOOLEAN: bool, Value.DAY: date,
}  # fmt: skip


@pytest.mark.parametrize(
    ("store", "layout", "width"),
    [(PROJECT, PROJECT_SHEET, 5), (CLIENT, CLIENT_SHEET, 33), (PRODUCT, PRODUCT_SHEET, 38)],
)
def test_every_column_is_a_field_of_its_kind_that_clients_may_write(
    store: Store, layout: SheetLayout, width: int
) -> None:
    assert len(layout.columns) == len(set(layout.headers)) == width
    assert layout.headers[0] == store.kind.code
    fields = {column.name: store.kind.body.model_fields[column.name].annotation for column in layout.columns}
    written = {name: set(get_args(kind) or [kind]) - {NoneType} for name, kind in fields.items()}
    assert written == {column.name: {TYPES[column.value]} for column in layout.columns}
