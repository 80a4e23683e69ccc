"""Keeping search quick, and saying so when it cannot work."""

import asyncio
from contextlib import suppress

import psycopg
from ecatalog.db import Database

PAUSE_SECONDS = 2.0

# Rows that were just written wait in a list that every search reads through.
_CLEAN = "select gin_clean_pending_list(index) from unnest(%(indexes)s::regclass[]) index"
_INDEXES = ["project_search_key", "client_search_key", "nomenklatura_search_key"]


async def tidy_search(database: Database) -> None:
    """A loop's work: put what was written lately into the search indexes."""
    with suppress(psycopg.OperationalError):  # the database is away; the next round will do
        await database.fetch_rows(_CLEAN, {"indexes": _INDEXES})
    await asyncio.sleep(PAUSE_SECONDS)


async def check_search(database: Database) -> None:
    """Raises when the database cannot take Cyrillic text apart, and would search in Russian by reading everything."""
    row = await database.fetch_row("select show_trgm('Молоко') <> '{}'")
    if not (row and row[0]):
        raise RuntimeError("no trigrams of Cyrillic text: create the cluster with --lc-ctype=C.UTF-8")
