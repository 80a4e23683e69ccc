from pathlib import Path

import psycopg
from alembic import command
from ecatalog.runtime.migrations import alembic_config
from ecatalog.testing.postgres import Postgres

ROOT = Path(__file__).parents[1]


def test_migrations_go_up_down_and_up_again_and_match_the_models(postgres: Postgres) -> None:
    dsn = postgres.create_database("media_migrations")
    config = alembic_config(ROOT, dsn)
    command.upgrade(config, "head")
    command.check(config)
    command.downgrade(config, "base")
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    assert rows == [("alembic_version",)]
    command.upgrade(config, "head")
