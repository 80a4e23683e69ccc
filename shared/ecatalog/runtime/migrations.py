"""Brings a service's database up to date, once at a time and without blocking for long."""

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, pool

from ecatalog.events import schema
from ecatalog.http import idempotency
from ecatalog.jobs import schema as jobs

LOCK = 0x0EC0_0002
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"
MADE_HERE = schema.TABLES | idempotency.TABLES | jobs.TABLES | jobs.SCHEDULE_TABLES
"""Tables that have no model: this library makes, reads and writes them."""


def alembic_config(service_root: Path, dsn: str) -> Config:
    """Return Alembic's settings for the migrations below ``service_root``."""
    config = Config()
    config.set_main_option("script_location", str(service_root / "migrations"))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(rev)s_%%(slug)s")
    config.attributes["dsn"] = dsn
    return config


def upgrade(service_root: Path, dsn: str) -> None:
    """Apply the migrations that are missing."""
    command.upgrade(alembic_config(service_root, dsn), "head")


def run_environment(metadata: MetaData, without_model: Collection[str] = ()) -> None:
    """Run the migrations; this is all that a service's ``env.py`` does.

    ``without_model`` are tables of the service that its migrations alone declare.

    One migrator works at a time (an advisory lock); each migration is one transaction that gives up rather than
    wait long for a lock that requests hold.
    """
    dsn: str = context.config.attributes["dsn"]
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("select pg_advisory_lock(%(lock)s)", {"lock": LOCK})
        connection.exec_driver_sql(f"set lock_timeout = '{LOCK_TIMEOUT}'")
        connection.exec_driver_sql(f"set statement_timeout = '{STATEMENT_TIMEOUT}'")
        connection.commit()
        _migrate(connection, metadata, MADE_HERE.union(without_model))
    engine.dispose()


def _migrate(connection: Connection, metadata: MetaData, without_model: frozenset[str]) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        include_name=partial(_include_name, without_model),
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _include_name(without_model: frozenset[str], name: str | None, kind: str, _: Any) -> bool:
    return not (kind == "table" and name in without_model)
