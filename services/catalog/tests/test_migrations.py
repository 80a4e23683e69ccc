from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from ecatalog.runtime import migrations
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.postgres import Postgres
from psycopg import sql
from sqlalchemy.exc import OperationalError

ROOT = Path(__file__).parents[1]


def test_upgrade_beside_a_long_read_gives_up_soon_and_succeeds_once_it_has_ended(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a lock keeps all others waiting, requests of the running version among them."""
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "200ms")
    dsn = postgres.create_database("catalog_beside_reads")
    config = alembic_config(ROOT, dsn)
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    gave_up = 0
    for step in reversed(steps):
        with psycopg.connect(dsn) as reader:
            read_everything(reader)
            if gives_up(config, step):
                gave_up += 1
                with psycopg.connect(dsn) as another:
                    read_everything(another)
        command.upgrade(config, step)
    assert gave_up > 2
    command.check(config)


def gives_up(config: Config, step: str) -> bool:
    try:
        command.upgrade(config, step)
    except OperationalError as error:
        return isinstance(error.orig, psycopg.errors.LockNotAvailable)
    return False


def read_everything(connection: psycopg.Connection) -> None:
    """Read each table, and hold its lock until the transaction ends."""
    tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    for (table,) in tables:
        connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))


def test_keys_of_rows_that_were_there_are_made_anew(postgres: Postgres) -> None:
    dsn = postgres.create_database("catalog_keys")
    config = alembic_config(ROOT, dsn)
    command.upgrade(config, "0012")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "insert into project (code_1c, name, is_deleted)"
            " select 'P-' || n, 'Плитка 10×' || n, n % 10 = 0 from generate_series(1, 5500) n"
        )
        before = connection.execute("select id, created_at from project_search order by id").fetchall()
        command.upgrade(config, "head")
        found = connection.execute("select id, created_at from project_search order by id").fetchall()
        assert (len(found), found) == (4950, before)
        connection.execute("update project set name = 'Wi-Fi' where code_1c = 'P-7'")
        connection.execute("delete from project where code_1c = 'P-8'")
        keys = {key for (key,) in connection.execute("select key from project_search").fetchall()}
        assert {"\v wifi \n \r p 7 \r", "\v plitka 10 h 15 \n \r p 15 \r"} <= keys
        assert not any(" p 8 " in key or "×" in key for key in keys)
