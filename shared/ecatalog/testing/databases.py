"""Empties a test's database."""

from typing import Any

import psycopg
from psycopg import Connection

KEPT = frozenset({"alembic_version"})

# An application of the test may stand still in the middle of a transaction, because the test's own loop does.
_END_STANDSTILLS = """
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'
"""


def empty(dsn: str, keep: frozenset[str] = frozenset()) -> None:
    """Empty every table but ``keep`` and start the ids again, so that each test sees a fresh database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        tables = sorted({name for (name,) in rows} - KEPT - keep)
        if not tables:
            return
        connection.execute("set lock_timeout = '2s'")
        try:
            _truncate(connection, tables)
        except psycopg.errors.LockNotAvailable:
            connection.execute(_END_STANDSTILLS)
            _truncate(connection, tables)


def _truncate(connection: Connection[Any], tables: list[str]) -> None:
    names = ", ".join(f'"{name}"' for name in tables)
    connection.execute(f"truncate {names} restart identity cascade".encode())
