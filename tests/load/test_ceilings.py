"""What is measured as a ceiling does the work that it stands for; nothing here looks at how long it takes."""

import io
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import psycopg
import pytest
from catalog.entities.nomenklatura import NOMENKLATURA
from PIL import Image

from deploy.local.onec import generate
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from tests.load import (
    by_hand,
    commerceml,
    commerceml_by_hand,
    exports,
    imports,
    points_by_hand,
    positions,
    renditions_by_hand,
    soap_by_hand,
    statements,
    workbook_by_hand,
)
from tests.load.requests import Encoder, Load
from tests.onec import simulated

TABLE = NOMENKLATURA.name
CODES = [f"HAND-{number}" for number in range(40)]


@pytest.fixture
def catalog(migrated: Callable[[str], str]) -> Iterator[str]:
    """The address of a catalog that holds some products."""
    dsn = migrated("catalog")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "insert into nomenklatura (code_1c, name) select code, 'Шоколад ' || code from unnest(%s::text[]) code",
            [CODES],
        )
        yield dsn
        connection.execute("delete from nomenklatura where code_1c like 'HAND-%'")


def test_list_of_1c_is_read_by_hand_as_it_was_made() -> None:
    with simulated(products=300, clients=0) as onec:
        found = list(soap_by_hand.products(onec.wsdl()))
    made = [[(value or "").strip() or None for value in row.values()] for row in generate.products(300)]
    assert found == made


def test_files_of_1c_are_read_by_hand_as_they_were_made(tmp_path: Path) -> None:
    base = Base(60)
    goods, offers = (file.path for file in sets.generate(tmp_path, base, "2.07"))
    names = [*commerceml_by_hand.COLUMNS.values(), *commerceml_by_hand.OTHERS]
    found = [dict(zip(names, row, strict=True)) for row in commerceml_by_hand.products(goods)]
    assert [(row["code_1c"], row["name"], row["barcode"], row["weight"], row["brand"], row["tax_rate"])
            for row in found] == [
        (one.code, one.name, one.barcode or None, one.weight or None, one.brand.name, "12") for one in base.goods()
    ]  # fmt: skip
    assert {None} & {row[name] for row in found for name in ("title", "unit_of_measure", "description")} == set()
    taken = [{text for _, text in row} for path in (goods, offers) for row in commerceml_by_hand.fields(path)]
    assert len(taken) == 120
    for one, of_good, of_offer in zip(base.goods(), taken[:60], taken[60:], strict=True):
        assert {one.key, one.name, one.country, one.group.key, one.brand.key} <= of_good
        assert {one.key, *one.prices, *one.stock} <= of_offer
    assert commerceml.parsed([goods, offers]) == 60


def test_workbook_is_read_by_hand_as_it_was_made() -> None:
    first, second, third = workbook_by_hand.rows(imports._book(3))
    assert (first[0], second[0], third[0]) == ("X-000000", "X-000001", "X-000002")
    by_name = dict(zip((column.name for column in NOMENKLATURA.sheet.columns), third, strict=True))
    assert (by_name["name"], by_name["is_active"], by_name["base_price"]) == ("text 2", True, 4.25)
    assert (by_name["warranty_period"], by_name["expiry_date"]) == (7, "2026-01-15")


def test_rows_are_written_once_into_a_table_of_the_same_indexes(catalog: str) -> None:
    columns = ("code_1c", "name", "base_price")
    rows = [(f"NEW-{number}", "Name", None if number % 2 else "4.50") for number in range(10)]
    changed = [("NEW-1", "Another name", None), *rows[2:]]
    with by_hand.scratch(catalog, TABLE) as connection:
        assert by_hand.insert(connection, TABLE, columns, rows) > 0
        before = versions(connection)
        assert by_hand.upsert(connection, TABLE, columns, rows, NOMENKLATURA.unique) > 0
        assert versions(connection) == before
        by_hand.upsert(connection, TABLE, columns, changed, NOMENKLATURA.unique)
        assert [code for code, version in versions(connection).items() if version != before[code]] == ["NEW-1"]
        assert indexes(connection, "by_hand") == indexes(connection, "public") != set()
    with psycopg.connect(catalog) as connection:
        assert indexes(connection, "by_hand") == set()


def versions(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("select code_1c, xmin::text from by_hand.nomenklatura order by id").fetchall())


def indexes(connection: psycopg.Connection, schema: str) -> set[str]:
    """The b-tree indexes of products, without the name of the schema."""
    sql = "select replace(indexdef, schemaname || '.', '') from pg_indexes where schemaname = %s and tablename = %s"
    return {definition for (definition,) in connection.execute(sql, [schema, TABLE]) if "USING btree" in definition}


def test_imported_rows_are_written_by_hand(catalog: str) -> None:
    columns = [column.name for column in NOMENKLATURA.sheet.columns]
    with by_hand.scratch(catalog, TABLE) as connection:
        by_hand.insert(connection, TABLE, columns, workbook_by_hand.rows(imports._book(5)))
        assert list(versions(connection)) == [f"X-00000{number}" for number in range(5)]


def test_statements_of_lists_searches_and_details_are_those_of_the_service(catalog: str) -> None:
    encoder = Encoder(8000, "token")
    paths = ["?limit=20&offset=7", "?limit=20&search=shokolad", "HAND-7/"]
    requests = [encoder.get(f"/api/v1/nomenklatura/{path}") for path in paths]
    readings = (statements.page, statements.page, statements.detail)
    for request, reads in zip(requests, readings, strict=True):
        assert statements.replayed(catalog, Load([request] * 3), reads, seconds=0.05) > 0
    with pytest.raises(RuntimeError, match="no requests"):
        statements.replayed(catalog, Load([]), statements.page, seconds=0.05)


def test_cells_of_a_large_sheet_are_counted_once_each() -> None:
    sheet = b"x" * (1024 * 1024 - 2) + b"<c <c <" + b"c " * 600_000
    assert exports._count(io.BytesIO(sheet), b"<c ") == sheet.count(b"<c ") == 3


def test_batches_are_stored_by_hand(migrated: Callable[[str], str]) -> None:
    assert points_by_hand.rate(migrated("location"), list(islice(positions._batches(0), 2))) > 0


def test_renditions_by_hand_are_those_of_the_service(tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    Image.effect_noise((1600, 1300), 60).convert("RGB").save(source, "JPEG")
    assert len(renditions_by_hand.render(source)) == len(renditions_by_hand.NAMES) == 6
    assert renditions_by_hand.rate(source, 2) > 0


def test_exported_columns_come_from_the_database_by_hand(catalog: str) -> None:
    assert exports.by_hand_rate(catalog) > 0
