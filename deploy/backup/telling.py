"""After a restore: let every service tell the others what it has, and drop what they know of rows that are gone."""

import asyncio
import time
from collections.abc import Mapping

import psycopg
import typer
from ecatalog.commands import resync
from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose
from ecatalog.events.broker import Broker
from ecatalog.events.recovery import replay
from ecatalog.runtime.backup import Backup

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 120.0


async def tell_everything(
    services: Services, settings: Mapping[str, Settings], backups: Mapping[str, Backup], told: Mapping[str, int]
) -> None:
    """Publish what the outboxes keep, then every row; return when every reader has them.

    The databases were read at almost the same moment, and not at the very same: a service may know a row of another
    that the other does not have in the backup. All that is published now has a later sequence than ``told``, the last
    one of each service before.
    """
    for each in settings.values():
        await _replay(each)
    for name, (service, sources) in resync.chosen(services, [], everything=True).items():
        await resync.run(name, settings[service], sources)
    await _until_read(settings)
    for name, backup in backups.items():
        for table, owner in backup.projections.items():
            _drop_unknown(settings[name], table, told[owner])


async def _replay(settings: Settings) -> None:
    database = Database(settings.dsn)
    try:
        await replay(database)
    finally:
        await database.close()


async def _until_read(settings: Mapping[str, Settings]) -> None:
    """Wait until nothing is left to send or to read. Raises :class:`Problem` when that makes no progress."""
    broker = Broker(next(iter(settings.values())).nats_url, "manage")
    await broker.connect()
    fewest, since = None, time.monotonic()
    try:
        while left := _unsent(settings) + await _unread(broker):
            if fewest is None or left < fewest:
                fewest, since = left, time.monotonic()
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise Problem(f"everything is restored, but {left} events are not read: look at `events dead` and logs")
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await broker.close()
    typer.echo("Every service knows what the others have.")


def _unsent(settings: Mapping[str, Settings]) -> int:
    unsent = 0
    for each in settings.values():
        with psycopg.connect(each.dsn, autocommit=True) as connection:
            row = connection.execute("select count(*) from outbox where published_at is null").fetchone()
            unsent += row[0] if row else 0
    return unsent


async def _unread(broker: Broker) -> int:
    """Return the number of messages that durable readers have not confirmed."""
    unread = 0
    for stream in await broker.jetstream.streams_info():
        for reader in await broker.jetstream.consumers_info(str(stream.config.name)):
            if reader.config.durable_name and not reader.name.startswith("ext_"):
                unread += (reader.num_pending or 0) + (reader.num_ack_pending or 0)
    return unread


def _drop_unknown(settings: Settings, table: str, told_before: int) -> None:
    """Drop rows that no event has named now: their owner does not have them."""
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        sql = compose("delete from {table} where sequence <= %s", table=Ident(table))
        connection.execute(sql.encode(), [told_before])
