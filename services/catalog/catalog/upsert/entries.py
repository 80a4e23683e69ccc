"""Adds the search entries of new rows, whose keys are made here and not by the triggers of their table."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ecatalog.db.sql import Connection, Sql, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.search import Search

from catalog.upsert.fragments import ENTRIES
from catalog.upsert.search_key import search_key

Created = Mapping[tuple[str, int | None], int]
"""The ids of new rows by code and scope."""


async def add_entries(
    connection: Connection, entity: Entity, rows: Sequence[Mapping[str, Any]], created: Created, scope: int | None
) -> None:
    """Add the entries of the ``created`` among ``rows``, as the statement that created them has announced.

    Without ``scope`` each row names its own.
    """
    search = entity.rendering.search
    if created and search:
        keys = await asyncio.to_thread(_keys, entity, search, rows, created, scope)
        await execute(connection, _entries_sql(entity), {"ids": list(keys), "keys": list(keys.values())})


def _keys(
    entity: Entity, search: Search, rows: Sequence[Mapping[str, Any]], created: Created, scope: int | None
) -> dict[int, str | None]:
    keys: dict[int, str | None] = dict.fromkeys(created.values())
    for row in rows:
        own = row.get(entity.scope) if scope is None and entity.scope else scope
        if row_id := created.get((row[entity.code], own)):
            keys[row_id] = search_key(search, row)
    return keys


@lru_cache
def _entries_sql(entity: Entity) -> Sql:
    return compose(ENTRIES, table=entity.name)
