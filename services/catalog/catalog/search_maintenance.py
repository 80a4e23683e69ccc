"""Keeps search quick, and says so when it cannot work."""

import asyncio
import time
from contextlib import suppress

import psycopg
from ecatalog.db.database import Database

PAUSE_SECONDS = 2.0
LONGEST_SECONDS = 30.0

TABLES = frozenset({"project_search", "client_search", "nomenklatura_search"})
"""The folded text of each row that is not deleted; triggers keep it."""

_WRITTEN = "select sum(n_tup_ins + n_tup_upd) from pg_stat_user_tables where relname = any(%(tables)s)"
_CLEAN = "select gin_clean_pending_list((name || '_key')::regclass) from unnest(%(tables)s::text[]) name"


class SearchMaintenance:
    """Puts rows that were just written into the search indexes: they wait in a list that every search reads through.

    It does so when writing has paused, because sorting them while a sync runs would take a fifth of its time; and
    now and then while it goes on.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tidied: int | None = None
        self._written: int | None = None
        self._since = time.monotonic()

    async def run(self) -> None:
        """Work as a loop."""
        with suppress(psycopg.OperationalError):  # the database is away; the next round will do
            await self._look()
        await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self) -> None:
        row = await self._database.fetch_row(_WRITTEN, {"tables": [*TABLES]})
        before, self._written = self._written, row[0] if row else None
        if self._written == self._tidied:
            self._since = time.monotonic()
        elif self._written == before or time.monotonic() - self._since > LONGEST_SECONDS:
            await self._database.execute(_CLEAN, {"tables": [*TABLES]})
            self._tidied, self._since = self._written, time.monotonic()


async def check_search(database: Database) -> None:
    """Raise when the database cannot take Cyrillic text apart, and would search in Russian by reading everything."""
    row = await database.fetch_row("select show_trgm('Молоко') <> '{}'")
    if not (row and row[0]):
        raise RuntimeError("no trigrams of Cyrillic text: create the cluster with --lc-ctype=C.UTF-8")
