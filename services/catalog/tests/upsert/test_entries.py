"""Whichever way rows come in, a search finds them by the same keys."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from catalog.chunks import service
from catalog.settings import CatalogSettings
from ecatalog.contracts.integration import ChunkReady
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event

from ..builders import Catalog
from ..imports.books import book, imported

KINDS = ("project", "client", "nomenklatura")
NAMES = ("Молоко «Нестле» 3,2%", "O‘zbek choyi ц/б", "Straße №5 é", "Wi-Fi 10*20 1 000", "Чай 5-10")
# fmt: off
FIELDS: dict[str, tuple[str, dict[str, str]]] = {
    "project": ("code_1c", {"title": "Чай"}),
    "client": ("client_code_1c", {"company_name": "Цех №1", "phone": "+998 90 123-45-67", "tax_id": "300 100 200"}),
    "nomenklatura": ("code_1c", {"title": "для сада", "brand": "Нестле", "article_code": "ART-7/1", "barcode": "0478"}),
}
# fmt: on

Row = dict[str, Any]


@pytest.fixture
def connection(settings: CatalogSettings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        yield connection


def rows(kind: str, prefix: str, extra: str = "") -> list[Row]:
    code, fields = FIELDS[kind]
    return [{code: f"{prefix}-{number}", "name": name + extra} | fields for number, name in enumerate(NAMES)]


def keys(connection: psycopg.Connection[Any], kind: str, prefix: str) -> list[str]:
    """The keys of the rows in the order of their names, without what tells the codes apart."""
    code = FIELDS[kind][0]
    found = connection.execute(
        f"select replace(s.key, %s, '') from {kind} t join {kind}_search s using (id)"  # noqa: S608 - names of this file
        f" where t.{code} like %s and not t.is_deleted order by t.{code}".encode(),
        [prefix.lower(), f"{prefix}-%"],
    )
    return [key for (key,) in found.fetchall()]


def wrong(connection: psycopg.Connection[Any], kind: str) -> list[Any]:
    """Rows without the entry that the database would make of them now, and entries without a row."""
    return connection.execute(
        f"select t, s from (select * from {kind} where not is_deleted) t"  # noqa: S608 - names of this file
        f" full join {kind}_search s on s.id = t.id left join {kind} r on r.id = t.id"
        f" where s.key is distinct from {kind}_search_key(r) or s.created_at is distinct from t.created_at".encode()
    ).fetchall()


async def by_chunk(database: Database, kind: str, project: int, sent: list[Row]) -> None:
    sync_type = "clients" if kind == "client" else "nomenklatura"
    chunk = ChunkReady(task_id=uuid7(), chunk=0, project_id=project, sync_type=sync_type, rows=sent)
    async with database.transaction() as connection:
        await service.apply(connection, Event(uuid7(), "", "", 0, chunk))


@pytest.mark.parametrize("kind", KINDS)
async def test_all_ways_in_lead_to_the_same_keys(
    api: Catalog, database: Database, connection: psycopg.Connection[Any], kind: str
) -> None:
    for row in rows(kind, "ALONE"):
        await api.make(kind, **row)
    assert (await api.post(f"{kind}/bulk/", rows(kind, "BULK"))).json()["created"] == len(NAMES)
    sheet = [
        {name: value for name, value in row.items() if name not in ("article_code", "tax_id")}
        for row in rows(kind, "SHEET")
    ]
    await imported(api, kind, book(kind, *sheet))
    expected = keys(connection, kind, "ALONE")
    assert len(expected) == len(NAMES)
    assert keys(connection, kind, "BULK") == expected
    assert len(keys(connection, kind, "SHEET")) == len(NAMES)
    if kind != "project":
        project = (await api.make_project())["id"]
        await by_chunk(database, kind, project, rows(kind, "SOURCE"))
        assert keys(connection, kind, "SOURCE") == expected
    assert wrong(connection, kind) == []


@pytest.mark.parametrize("kind", ["client", "nomenklatura"])
async def test_entries_follow_rows_that_come_again(
    api: Catalog, database: Database, connection: psycopg.Connection[Any], kind: str
) -> None:
    project = (await api.make_project())["id"]
    sent = rows(kind, "A")
    await by_chunk(database, kind, project, [*sent, *rows(kind, "A", " снова")[:2]])
    assert wrong(connection, kind) == []
    await by_chunk(database, kind, project, [row | {"is_deleted": True} for row in sent[:2]] + rows(kind, "B"))
    assert (len(keys(connection, kind, "A")), len(keys(connection, kind, "B"))) == (3, 5)
    await by_chunk(database, kind, project, [row | {"is_deleted": False} for row in sent])
    hidden = [row | {"is_deleted": True} for row in rows(kind, "HIDDEN")]
    await by_chunk(database, kind, project, hidden)
    assert (len(keys(connection, kind, "A")), keys(connection, kind, "HIDDEN")) == (5, [])
    assert wrong(connection, kind) == []


async def test_a_row_that_is_refused_leaves_no_entry_and_its_neighbours_have_theirs(
    api: Catalog, database: Database, connection: psycopg.Connection[Any]
) -> None:
    project = (await api.make_project())["id"]
    bad = {"code_1c": "A-9", "name": "x" * 300}
    await by_chunk(database, "nomenklatura", project, [*rows("nomenklatura", "A"), bad, *rows("nomenklatura", "B")])
    assert len(keys(connection, "nomenklatura", "A") + keys(connection, "nomenklatura", "B")) == 10
    assert wrong(connection, "nomenklatura") == []


async def test_rows_that_others_insert_in_the_transaction_of_many_are_entered_too(
    api: Catalog, database: Database, connection: psycopg.Connection[Any]
) -> None:
    """The announcement that keys follow holds for one statement."""
    project = (await api.make_project())["id"]
    chunk = ChunkReady(
        task_id=uuid7(), chunk=0, project_id=project, sync_type="nomenklatura", rows=[{"code_1c": "A-1", "name": "A"}]
    )
    async with database.transaction() as written:
        await service.apply(written, Event(uuid7(), "", "", 0, chunk))
        await written.execute("insert into nomenklatura (code_1c, name) values ('B-1', 'B')")
    assert wrong(connection, "nomenklatura") == []
