"""Rows as the release before jobs wrote them, and how databases show them."""

from collections.abc import Mapping
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]

BEFORE = "0014"
"""The last revision of that release."""

_TIME = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '{}'"


def time(column: str, ending: str) -> str:
    """SQL for a time as that release showed it."""
    return _TIME.format(column, ending)


def insert_task(connection: Connection, table: str, values: Mapping[str, Any]) -> int:
    """A task; its id. One that has ended has a time for that."""
    ended = "now()" if values["status"] in {"completed", "error"} else "null"
    row = connection.execute(
        f"insert into {table} (task_id, completed_at, {', '.join(values)})"  # noqa: S608 - of these tests
        f" values (gen_random_uuid(), {ended}, {', '.join(['%s'] * len(values))}) returning id",
        [*values.values()],
    ).fetchone()
    assert row
    return int(row[0])


def shown(dsn: str, statement: str) -> list[str]:
    """The rows of a statement that renders each as one text."""
    with psycopg.connect(dsn) as connection:
        return [text for (text,) in connection.execute(statement.encode()).fetchall()]
