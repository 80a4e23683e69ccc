"""Telling everything again: an owner writes its current rows as ordinary events."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ecatalog.db.database import Database

AT_ONCE = 500

Tell = Callable[[AsyncSession, Sequence[Any]], Awaitable[object]]
"""Writes the events of these rows, which are locked, into the outbox."""
Progress = Callable[[int], None]
"""Is told how many rows more are done."""


@dataclass(frozen=True)
class Source:
    """A table that others know by events; ``key`` is its primary key."""

    table: str
    tell: Tell
    key: str = "id"


Sources = Mapping[str, Sequence[Source]]
"""The sources that a service has, by the name that ``manage.py events resync`` takes."""


async def count(database: Database, source: Source) -> int:
    row = await database.fetch_row(f"select count(*) from {source.table}")  # noqa: S608 - a declared name
    return 0 if row is None else int(row[0])


async def resync(database: Database, source: Source, progress: Progress) -> int:
    """Tell every row of ``source``, hidden and deleted ones too; how many were told.

    A row is locked before it is read, and the event's sequence comes after that: whoever changes the row later gets a
    later sequence, so no reader can take this picture of it for the newer one. Rows that are being changed right now
    are left for the end of their batch and then waited for one at a time: whoever holds one lock and waits for none
    cannot be part of a deadlock.
    """
    told, last = 0, None
    while keys := await _next(database, source, last):
        async with database.session() as session:
            held = await _lock(session, source, keys, "skip locked")
            await source.tell(session, held)
        for key in sorted(set(keys) - set(held)):
            async with database.session() as session:
                await source.tell(session, await _lock(session, source, [key]))
        told, last = told + len(keys), keys[-1]
        progress(len(keys))
    return told


async def _next(database: Database, source: Source, last: Any) -> list[Any]:
    after = "" if last is None else f"where {source.key} > %(last)s"
    sql = f"select {source.key} from {source.table} {after} order by 1 limit {AT_ONCE}"  # noqa: S608 - declared names
    return [key for (key,) in await database.fetch_rows(sql, {"last": last})]


async def _lock(session: AsyncSession, source: Source, keys: Sequence[Any], how: str = "") -> list[Any]:
    sql = (
        f"select {source.key} from {source.table} where {source.key} = any(:keys)"  # noqa: S608 - declared names
        f" order by 1 for no key update {how}"
    )
    return [key for (key,) in await session.execute(text(sql), {"keys": list(keys)})]
