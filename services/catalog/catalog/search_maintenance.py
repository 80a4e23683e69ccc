"""Keeps search quick, and says so when it cannot work."""

import asyncio
import time
from contextlib import suppress

import psycopg
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, number

PAUSE_SECONDS = 2.0
LONGEST_SECONDS = 30.0

SEARCHED = ("project_search", "client_search", "nomenklatura_search")
"""The folded text of each row that is not deleted; triggers keep it."""
RECENT = "{}_recent"
TABLES = frozenset({*SEARCHED, *map(RECENT.format, SEARCHED)})

ROWS_AT_ONCE = 2000

_WRITTEN = "select sum(n_tup_ins) from pg_stat_user_tables where relname = any(%(tables)s)"
# It waits for nobody: an entry that is being deleted meanwhile is left to the next round.
_MOVE = """
    with taken as (
        select id from {recent} order by id limit {rows} for update skip locked
    ), moved as (
        delete from {recent} r using taken t where r.id = t.id returning r.id, r.created_at, r.key
    )
    insert into {table} (id, created_at, key) select id, created_at, key from moved
"""
_LEFT = "select exists (select from {recent})"
_SORT = "select gin_clean_pending_list('{table}_key')"
_CLEAN = "vacuum {recent}"


class SearchMaintenance:
    """Moves entries that were just written into the indexed tables; until then every search reads through them.

    It does so when writing has paused, because indexing them while a sync runs would take a fifth of its time; and
    now and then while it goes on.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._moved: int | None = None
        self._written: int | None = None
        self._since = time.monotonic()

    async def run(self) -> None:
        """Work as a loop."""
        with suppress(psycopg.OperationalError):  # the database is away; the next round will do
            await self._look()
        await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self) -> None:
        tables = [RECENT.format(table) for table in SEARCHED]
        row = await self._database.fetch_row(_WRITTEN, {"tables": tables})
        before, self._written = self._written, row[0] if row else None
        if self._written == self._moved:
            self._since = time.monotonic()
        elif self._written == before or time.monotonic() - self._since > LONGEST_SECONDS:
            all_moved = [await self._move(Ident(table)) for table in SEARCHED]
            self._moved, self._since = self._written if all(all_moved) else None, time.monotonic()

    async def _move(self, table: Ident) -> bool:
        """Return whether no entry is left; those that somebody deletes meanwhile may be."""
        names = {"table": table, "recent": Ident(RECENT.format(table))}
        move = compose(_MOVE, **names, rows=number(ROWS_AT_ONCE))
        rows = 0
        while moved := await self._database.execute(move):
            rows += moved
        if rows:
            await self._database.execute(compose(_SORT, **names))
            await self._database.execute(compose(_CLEAN, **names))
        return not await self._database.fetch_value(compose(_LEFT, **names))


async def check_search(database: Database) -> None:
    """Raise when the database cannot take Cyrillic text apart, and would search in Russian by reading everything."""
    row = await database.fetch_row("select show_trgm('Молоко') <> '{}'")
    if not (row and row[0]):
        raise RuntimeError("no trigrams of Cyrillic text: create the cluster with --lc-ctype=C.UTF-8")
