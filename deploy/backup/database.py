"""Describes the database of one service, and copies its tables out and in."""

import gzip
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from ecatalog.commands.problems import Problem
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from deploy.backup.manifest import Part, Table

NOT_COPIED = {"public.alembic_version"}
LEVEL = 1  # of compression: the disk is slower than this, and faster than more of it
PIECE = 1 << 18

_NAME = "n.nspname || '.' || c.relname"
_OURS = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_%'"
_FROM = "from pg_class c join pg_namespace n on n.oid = c.relnamespace"
_READ_WITH_ANOTHER = "exists (select from pg_inherits i where i.inhrelid = c.oid)"
_COLUMNS = f"""
    select {_NAME}, array_agg(a.attname::text order by a.attnum) {_FROM} join pg_attribute a on a.attrelid = c.oid
     where {_OURS} and c.relkind in ('r', 'p') and not {_READ_WITH_ANOTHER}
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' group by 1
"""
_PARTITIONS = f"select {_NAME} {_FROM} where {_OURS} and c.relispartition and c.relkind = 'r' order by 1"
_REFERENCES = f"""
    select {_NAME}, rn.nspname || '.' || r.relname {_FROM} join pg_constraint k on k.conrelid = c.oid
      join pg_class r on r.oid = k.confrelid join pg_namespace rn on rn.oid = r.relnamespace
     where {_OURS} and k.contype = 'f' and k.conrelid <> k.confrelid
"""
_SEQUENCES = "select schemaname || '.' || sequencename, last_value from pg_sequences order by 1"
_GO_ON = """
    select setval(%(name)s::regclass, greatest(%(value)s, last), true)
      from (select pg_sequence_last_value(%(name)s::regclass)) as here (last)
     where greatest(%(value)s, last) is not null
"""


def describe(connection: Connection[Any]) -> Part:
    """Describe the database; each table stands after those it refers to. Rows are not counted yet."""
    columns = dict(_all(connection, _COLUMNS))
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(columns), ()))
    for table, referred in _all(connection, _REFERENCES):
        order.add(table, referred)
    names = [name for name in order.static_order() if name in columns and name not in NOT_COPIED]
    return Part(
        revision=revision(connection),
        tables=[Table(name=name, columns=columns[name]) for name in names],
        sequences=sequences(connection),
        partitions=[name for (name,) in _all(connection, _PARTITIONS)],
    )


def revision(connection: Connection[Any]) -> str:
    """Return the last migration."""
    return " ".join(str(row[0]) for row in _all(connection, "select version_num from alembic_version"))


def sequences(connection: Connection[Any]) -> dict[str, int | None]:
    return dict(_all(connection, _SEQUENCES))


def copy_out(connection: Connection[Any], table: Table, file: Path, *, with_rows: bool = True) -> int:
    """Write a table's rows, or none of them, as PostgreSQL's text, compressed; how many."""
    query = SQL("copy (select {} from {} where {}) to stdout").format(_columns(table), _table(table), with_rows)
    with gzip.open(file, "wb", LEVEL) as target, connection.cursor() as cursor:
        with cursor.copy(query) as copy:
            for piece in copy:
                target.write(piece)
        return cursor.rowcount


def empty(connection: Connection[Any], tables: list[Table]) -> None:
    """Empty the tables; caches hear of it when the transaction commits."""
    connection.execute("set local lock_timeout = '30s'")
    connection.execute(SQL("truncate {}").format(SQL(", ").join(map(_table, tables))))


def copy_in(connection: Connection[Any], table: Table, file: Path) -> None:
    """Read a table's rows as they were; no trigger makes anything of them. Raises :class:`Problem`."""
    connection.execute(SQL("alter table {} disable trigger user").format(_table(table)))
    query = SQL("copy {} ({}) from stdin").format(_table(table), _columns(table))
    with gzip.open(file, "rb") as source, connection.cursor() as cursor:
        with cursor.copy(query) as copy:
            while piece := source.read(PIECE):
                copy.write(piece)
        rows = cursor.rowcount
    connection.execute(SQL("alter table {} enable trigger user").format(_table(table)))
    if rows != table.rows:
        raise Problem(f"{table.name} has {rows} rows in the backup, and its manifest says {table.rows}")


def set_sequences(connection: Connection[Any], values: dict[str, int | None]) -> None:
    """Set the sequences to the value of the backup, or leave them where this system is already further.

    Readers outside know the numbers that were published since the backup: what is published now has to be newer.
    """
    for name, value in values.items():
        connection.execute(_GO_ON, {"name": name, "value": value})


def _all(connection: Connection[Any], sql: str) -> list[Any]:
    return connection.execute(sql.encode()).fetchall()


def _table(table: Table) -> Identifier:
    return Identifier(*table.name.split("."))


def _columns(table: Table) -> Composed:
    return SQL(", ").join(map(Identifier, table.columns))
