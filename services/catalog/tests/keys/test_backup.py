"""A backup holds the keys, after the rows that they mean."""

from pathlib import Path

import psycopg
from ecatalog.runtime.migrations import upgrade
from ecatalog.testing.postgres import Postgres

from deploy.backup import database

ROOT = Path(__file__).parents[2]
KEYS = "select project_id, base, key, row_id, is_marked, hidden_by_base from nomenklatura_ref order by key"
ROWS = """
    with made as (
        insert into nomenklatura (project_id, code_1c, name) select 1, n::text, 'x' from generate_series(1, 3) n
        returning id, code_1c
    )
    insert into nomenklatura_ref (project_id, base, key, row_id, is_marked, hidden_by_base)
    select 1, 'main', 'k' || code_1c, id, code_1c = '2', code_1c = '2' from made
"""


def test_keys_are_saved_and_restored(postgres: Postgres, tmp_path: Path) -> None:
    dsn = postgres.create_database("catalog_backup_of_keys")
    upgrade(ROOT, dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(ROWS)
        saved = connection.execute(KEYS).fetchall()
        part = database.describe(connection)
        tables = [table.name for table in part.tables]
        for table in part.tables:
            table.rows = database.copy_out(connection, table, tmp_path / table.name)
        with connection.transaction():
            database.empty(connection, part.tables)
            for table in part.tables:
                database.copy_in(connection, table, tmp_path / table.name)
        restored = connection.execute(KEYS).fetchall()
    assert len(saved) == 3
    assert restored == saved
    for name in ("nomenklatura", "client"):
        assert tables.index(f"public.{name}") < tables.index(f"public.{name}_ref")
