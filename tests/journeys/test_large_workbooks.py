"""A hundred thousand products out to Excel and back: nothing is written but what was changed."""

import io
import re
import zipfile
from typing import Any

import psycopg
import pytest
from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.excel.writer import MEDIA_TYPE

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.onec import simulated
from tests.sources import Source, connect

pytestmark = [pytest.mark.cluster, pytest.mark.soak]
PRODUCTS = 100_000
PATH = "/api/v1/nomenklatura/"
SHEET = "xl/worksheets/sheet1.xml"
NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[NOMENKLATURA.sheet.headers.index("name")]


@pytest.fixture(scope="module")
def source(session_admin: Api) -> Source:
    with simulated(products=PRODUCTS, clients=0) as onec:
        source = connect(session_admin, onec.wsdl())
        assert source.sync().created == PRODUCTS
    return source


def export(source: Source) -> bytes:
    answer = source.api.http.get(f"{PATH}export-xlsx/", params={"project_id": source.project}, timeout=300)
    return answer.raise_for_status().content


def import_(source: Source, workbook: bytes) -> dict[str, Any]:
    answer = source.api.http.post(
        f"{PATH}import-xlsx/",
        files={"file": ("products.xlsx", workbook, MEDIA_TYPE)}, data={"project_id": str(source.project)}, timeout=300,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    numbers: dict[str, Any] = answer.json()
    return numbers


def told_rows(cluster: Cluster) -> int:
    """How many products the catalog has told of as changed."""
    catalog = next(service for service in cluster.components.services if service.name == "catalog")
    with psycopg.connect(cluster.environment.database_url(catalog)) as connection:
        row = connection.execute(
            "select coalesce(sum(json_array_length(data -> 'rows')), 0) from outbox"
            " where type like '%nomenklatura.changed%'"
        ).fetchone()
    assert row
    return int(row[0])


def renamed(workbook: bytes) -> bytes:
    """The workbook with another name in each row whose number is a multiple of a hundred."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    cell = re.compile(rb'(<c r="%b\d+00" t="inlineStr"><is><t xml:space="preserve">)' % NAME.encode())
    parts[SHEET] = cell.sub(rb"\1New ", parts[SHEET])
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return changed.getvalue()


def test_an_export_comes_back_without_a_write_and_a_changed_one_with_exactly_its_changes(
    cluster: Cluster, source: Source
) -> None:
    shown = source.products()
    workbook, told = export(source), told_rows(cluster)

    same = import_(source, workbook)
    assert (same["created"], same["updated"], same["unchanged"], same["errors"]) == (0, shown, shown, [])
    assert told_rows(cluster) == told

    changed = import_(source, renamed(workbook))
    assert (changed["created"], changed["updated"], changed["errors"]) == (0, shown, [])
    assert changed["unchanged"] == shown - changed_rows(shown)
    assert told_rows(cluster) == told + changed_rows(shown)
    assert source.products(search="New") == changed_rows(shown)


def changed_rows(rows: int) -> int:
    """How many of the rows below the headers have a number that is a multiple of a hundred."""
    return (rows + 1) // 100
