"""A backup knows every table: its rows are saved, or it is named as one that is left out."""

from pathlib import Path

import psycopg
from ecatalog.db.database import Database
from ecatalog.testing.databases import KEPT
from integration.backup import BACKUP, settle
from integration.exchange import schema as exchange
from integration.files import schema as files
from integration.settings import IntegrationSettings
from pydantic import SecretStr

from deploy.backup import database as copying
from deploy.backup.manifest import Part
from deploy.backup.saving import _copy

from .builders import add_integration, add_project
from .exchange.calling import add_exchange
from .files.storing import store

COME_AGAIN = files.TABLES | exchange.TABLES | {"seen_key"}


def saved(dsn: str, folder: Path) -> Part:
    with psycopg.connect(dsn, autocommit=True) as connection:
        part = copying.describe(connection)
        _copy(connection, part, folder, BACKUP.left_out)
    return part


async def test_every_table_is_saved_but_what_comes_again(
    settings: IntegrationSettings, database: Database, tmp_path: Path
) -> None:
    await store(database, {"a.xml": b"<a/>" * 1000})
    rows = {table.name.removeprefix("public."): table.rows for table in saved(settings.dsn, tmp_path / "copy").tables}
    names = await database.fetch_rows("select tablename from pg_tables where schemaname = 'public'")
    assert rows.keys() == {name for (name,) in names} - KEPT
    assert rows.keys() >= COME_AGAIN == BACKUP.left_out
    assert {name for name in COME_AGAIN if rows[name]} == set()
    assert (rows["integration"], rows["project"]) == (1, 1)


async def test_restore_drops_the_files_that_are_there(
    settings: IntegrationSettings, database: Database, tmp_path: Path
) -> None:
    await store(database, {"a.xml": b"<a/>"})
    part = saved(settings.dsn, tmp_path / "copy")
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("begin")
        copying.empty(connection, part.tables)
        for table in part.tables:
            copying.copy_in(connection, table, tmp_path / "copy" / f"{table.name}.copy.gz")
        connection.execute("commit")
    counts = "select (select count(*) from integration), (select count(*) from source_piece)"
    assert await database.fetch_rows(counts) == [(1, 0)]


async def test_nothing_counts_as_unchanged_after_a_restore(settings: IntegrationSettings, database: Database) -> None:
    await add_project(database)
    await add_integration(database)
    await database.execute("insert into source_snapshot values (1, 'nomenklatura', false, now(), 1, 1, '1')")
    assert await settle(settings, database) == []
    assert await database.fetch_value("select is_stale from source_snapshot")


async def test_passwords_that_another_key_made_are_named(settings: IntegrationSettings, database: Database) -> None:
    await add_project(database)
    await add_exchange(database, settings.exchange_hash, name="Exchange")
    await add_integration(database, name="SOAP", password=settings.encryption.encrypt(b"secret"))
    assert await settle(settings, database) == []
    others = settings.model_copy(update={"secret_key": SecretStr("another")})
    assert await settle(others, database) == [
        "integration has another SECRET_KEY than the backup: enter the passwords of SOAP again.",
        "integration has another SECRET_KEY than the backup: make the exchange passwords of Exchange anew.",
    ]
