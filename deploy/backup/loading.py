"""Putting a backup into an empty system."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import typer
from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.db.sql import compose
from ecatalog.runtime.backup import Backup
from psycopg import Connection

from deploy.backup import database, manifest
from deploy.backup.manifest import Manifest
from deploy.backup.saving import file_of, files_of
from deploy.backup.telling import tell_everything

OUTBOX = "public.outbox_seq_seq"

# What a system has in the end that somebody works with; a fresh one in development has one user.
VALUABLE = {
    "catalog": {"projects": "project", "clients": "client", "products": "nomenklatura"},
    "integration": {"integrations": "integration"},
    "location": {"positions": "location_point"},
    "media": {"pictures": "image"},
    "auth": {"further users": "users offset 1"},
}
Connections = Mapping[str, Connection[Any]]


def load(services: Services, source: Path, *, force: bool, restart: Callable[[], None]) -> list[str]:
    """Replace everything by the backup in ``source``; what an administrator has to know.

    Nothing is changed unless the backup is whole, fits this version, and the system is empty or ``force`` is set:
    otherwise raises :class:`Problem`. Rows become visible in all databases together, at the end. ``restart`` starts
    all processes again, since what they keep in memory is of the data that is gone.
    """
    wanted = manifest.read(source)
    settings = {name: services.enter(name) for name in services.names}
    backups: dict[str, Backup] = {name: module.BACKUP for name, module in services.offering("backup").items()}
    with ExitStack() as stack:
        connections = {
            name: stack.enter_context(psycopg.connect(each.dsn, autocommit=True)) for name, each in settings.items()
        }
        _require_fitting(wanted, connections)
        if not force:
            _require_empty(connections)
        asyncio.run(_prepare(wanted, settings, backups))
        _load_files(wanted, settings, backups, source)
        for name, connection in connections.items():
            _copy(connection, wanted, name, source)
        told = {name: database.sequences(connection)[OUTBOX] or 0 for name, connection in connections.items()}
        for connection in connections.values():
            connection.execute("commit")
    notes = asyncio.run(_settle(settings, backups))
    restart()
    asyncio.run(tell_everything(services, settings, backups, told))
    return notes


def _require_fitting(wanted: Manifest, connections: Connections) -> None:
    if wanted.services.keys() != connections.keys():
        raise Problem(f"the backup is of {', '.join(wanted.services)}, and here is {', '.join(connections)}")
    for name, connection in connections.items():
        here, there = database.revision(connection), wanted.services[name].revision
        if here != there:
            raise Problem(
                f"the database of {name} is at revision {here}, and the backup is of revision {there}:"
                " restore it with the version that made it, and upgrade afterwards"
            )


def _require_empty(connections: Connections) -> None:
    for name, tables in VALUABLE.items():
        for what, table in tables.items():
            sql = compose("select exists (select from {rows})", rows=compose(table))
            row = connections[name].execute(sql.encode()).fetchone()
            if row and row[0]:
                raise Problem(f"there are {what} here already: --force replaces everything by the backup")


async def _prepare(wanted: Manifest, settings: Mapping[str, Settings], backups: Mapping[str, Backup]) -> None:
    for name, backup in backups.items():
        if backup.prepare is not None:
            opened = Database(settings[name].dsn)
            try:
                await backup.prepare(opened, wanted.services[name].partitions)
            finally:
                await opened.close()


def _load_files(
    wanted: Manifest, settings: Mapping[str, Settings], backups: Mapping[str, Backup], source: Path
) -> None:
    for name in wanted.files:
        load_files = backups[name].load_files
        if load_files is not None:
            typer.echo(f"{name}: {asyncio.run(load_files(settings[name], files_of(source, name)))} files")


def _copy(connection: Connection[Any], wanted: Manifest, name: str, source: Path) -> None:
    part = wanted.services[name]
    connection.execute("begin")
    database.empty(connection, part.tables)
    for table in part.tables:
        database.copy_in(connection, table, file_of(source / name, table.name))
    database.set_sequences(connection, part.sequences)
    typer.echo(f"{name}: {len(part.tables)} tables, {part.rows} rows")


async def _settle(settings: Mapping[str, Settings], backups: Mapping[str, Backup]) -> list[str]:
    notes: list[str] = []
    for name, backup in backups.items():
        if backup.settle is not None:
            opened = Database(settings[name].dsn)
            try:
                notes += await backup.settle(settings[name], opened)
            finally:
                await opened.close()
    return notes
