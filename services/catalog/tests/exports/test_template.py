"""Workbooks to fill in."""

import pytest
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from ecatalog.entities.sheet import SheetLayout
from ecatalog.testing.workbooks import read_workbook

from ..builders import Catalog

LAYOUTS = [("project", PROJECT.sheet), ("client", CLIENT.sheet), ("nomenklatura", NOMENKLATURA.sheet)]


@pytest.mark.parametrize(("kind", "layout"), LAYOUTS)
async def test_a_template_has_the_headers_and_one_sample(api: Catalog, kind: str, layout: SheetLayout) -> None:
    response = await api.get(f"{kind}/template-xlsx/")
    assert response.headers["content-disposition"] == f'attachment; filename="{layout.file}_template.xlsx"'
    read = read_workbook(response.content)
    assert (read.sheet, read.headers) == (f"{layout.sheet} template", list(layout.headers))
    (row,) = read.rows
    assert row == [*layout.sample, *[None] * (len(layout.columns) - len(layout.sample))]
