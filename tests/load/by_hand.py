"""The shortest way to write rows: ``COPY`` into a staging table, then one statement, in one process and without events.

The scratch table has the columns and the b-tree indexes of the one whose place it takes.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from ecatalog.db.sql import Ident, Sql, compose, join

SCHEMA = Ident("by_hand")
_STAGING = Ident("by_hand_staging")

_DROP = compose("drop schema if exists {schema} cascade", schema=SCHEMA)
_INDEXES = """
    select regexp_replace(pg_get_indexdef(i.indexrelid), ' ON (ONLY )?' || %(from)s || '[.]', ' ON ' || %(to)s || '.')
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
     where i.indrelid = format('%%s.%%s', %(from)s::text, %(table)s::text)::regclass and a.amname = 'btree'
"""

Values = Sequence[Any]


@contextmanager
def scratch(dsn: str, table: Ident) -> Iterator[psycopg.Connection]:
    """A connection to a database in which ``by_hand.<table>`` stands empty; it is dropped when the context ends."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        _run(connection, _DROP)
        _run(connection, compose("create schema {schema}", schema=SCHEMA))
        like = (
            "create table {schema}.{table} (like {table} including defaults including identity including constraints)"
        )
        _run(connection, compose(like, schema=SCHEMA, table=table))
        names = {"from": "public", "to": str(SCHEMA), "table": str(table)}
        for (statement,) in connection.execute(_INDEXES, names).fetchall():
            connection.execute(statement)
        try:
            yield connection
        finally:
            _run(connection, _DROP)


def insert(connection: psycopg.Connection, table: Ident, columns: Sequence[str], rows: Iterable[Values]) -> float:
    """Write new rows in one transaction; returns the rows a second."""
    statement = compose(
        "insert into {schema}.{table} ({columns}) select {columns} from {staging}",
        schema=SCHEMA, table=table, columns=_listed(columns), staging=_STAGING,
    )  # fmt: skip
    return _timed(connection, table, columns, rows, statement)


def upsert(
    connection: psycopg.Connection, table: Ident, columns: Sequence[str], rows: Iterable[Values], unique: Sql
) -> float:
    """Write what differs, in one transaction; returns the rows a second."""
    statement = compose(
        "insert into {schema}.{table} as t ({columns}) select {columns} from {staging} on conflict ({unique})"
        " do update set ({columns}) = ({excluded}) where ({present}) is distinct from ({excluded})",
        schema=SCHEMA, table=table, columns=_listed(columns), staging=_STAGING, unique=unique,
        excluded=_listed(columns, "excluded"), present=_listed(columns, "t"),
    )  # fmt: skip
    return _timed(connection, table, columns, rows, statement)


def _timed(
    connection: psycopg.Connection, table: Ident, columns: Sequence[str], rows: Iterable[Values], statement: Sql
) -> float:
    listed = _listed(columns)
    begin = compose(
        "create temp table {staging} on commit drop as select {columns} from {table} limit 0",
        staging=_STAGING, table=table, columns=listed,
    )  # fmt: skip
    fill = compose("copy {staging} ({columns}) from stdin", staging=_STAGING, columns=listed)
    began = time.monotonic()
    with connection.transaction(), connection.cursor() as cursor:
        _run(connection, begin)
        with cursor.copy(fill.encode()) as copy:
            for row in rows:
                copy.write_row(row)
        count = cursor.rowcount
        _run(connection, statement)
    return count / (time.monotonic() - began)


def _listed(columns: Sequence[str], of: str = "") -> Sql:
    if not of:
        return join(", ", map(Ident, columns))
    return join(", ", [compose("{of}.{column}", of=Ident(of), column=Ident(column)) for column in columns])


def _run(connection: psycopg.Connection, statement: Sql) -> None:
    connection.execute(statement.encode())
