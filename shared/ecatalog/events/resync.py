"""Lets an owner publish all its rows again, as ordinary events."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute

AT_ONCE = 500

Republish = Callable[[Transaction, Sequence[Any]], Awaitable[object]]
"""Writes the events of these rows, which are locked, into the outbox."""
Progress = Callable[[int], None]
"""Is called with the number of further rows that are done."""


@dataclass(frozen=True)
class ResyncSource:
    """A table that others know by events; ``key`` is its primary key."""

    table: str
    republish: Republish
    key: str = "id"


Sources = Mapping[str, Sequence[ResyncSource]]
"""The sources that a service has, by the name that ``manage.py events resync`` takes."""


async def count(database: Database, source: ResyncSource) -> int:
    return int(await database.fetch_value(compose("select count(*) from {table}", table=Ident(source.table))))


async def resync(database: Database, source: ResyncSource, progress: Progress) -> int:
    """Publish every row of ``source``, hidden and deleted ones too, and return their number.

    A row is locked before it is read, and the event's sequence comes after that: whoever changes the row later gets a
    later sequence, so no reader can take this picture of it for the newer one. Rows that are being changed right now
    are left for the end of their batch and then waited for one at a time: whoever holds one lock and waits for none
    cannot be part of a deadlock.
    """
    published, last = 0, None
    while keys := await _next(database, source, last):
        async with database.transaction() as connection:
            held = await _lock(connection, source, keys, "skip locked")
            await source.republish(connection, held)
        for key in sorted(set(keys) - set(held)):
            async with database.transaction() as connection:
                await source.republish(connection, await _lock(connection, source, [key]))
        published, last = published + len(keys), keys[-1]
        progress(len(keys))
    return published


async def _next(database: Database, source: ResyncSource, last: Any) -> list[Any]:
    key, table = Ident(source.key), Ident(source.table)
    after = compose("true") if last is None else compose("{key} > %(last)s", key=key)
    sql = compose(
        "select {key} from {table} where {after} order by 1 limit %(limit)s", key=key, table=table, after=after
    )
    return [row[0] for row in await database.fetch_rows(sql, {"last": last, "limit": AT_ONCE})]


async def _lock(
    connection: Transaction, source: ResyncSource, keys: Sequence[Any], how: LiteralString = ""
) -> list[Any]:
    sql = compose(
        "select {key} from {table} where {key} = any(%(keys)s) order by 1 for no key update {how}",
        key=Ident(source.key), table=Ident(source.table), how=compose(how),
    )  # fmt: skip
    rows = await execute(connection, sql, {"keys": list(keys)})
    return [key for (key,) in await rows.fetchall()]
