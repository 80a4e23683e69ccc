"""Emptying a test's database."""

import psycopg

KEPT = frozenset({"alembic_version"})


def empty(dsn: str, keep: frozenset[str] = frozenset()) -> None:
    """Empty every table but ``keep`` and start the ids again, so that each test sees a fresh database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        tables = sorted({name for (name,) in rows} - KEPT - keep)
        if tables:
            names = ", ".join(f'"{name}"' for name in tables)
            connection.execute(f"truncate {names} restart identity cascade".encode())
