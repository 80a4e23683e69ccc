"""Making a backup while everything goes on running."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import typer
from ecatalog.commands.problems import Problem
from ecatalog.commands.services import Services
from ecatalog.core.settings import Settings
from ecatalog.runtime.backup import Backup
from psycopg import Connection

from deploy.backup import database, manifest
from deploy.backup.manifest import Manifest, Part

# What other services refer to is read last, so that nothing refers to a row that a backup lacks.
LAST = "catalog"

Connections = Mapping[str, Connection[Any]]


def save(services: Services, target: Path) -> Manifest:
    """Write everything into the new folder ``target``. Raises :class:`Problem` when it is not new."""
    draft = target.with_name(f"{target.name}.partial")
    if draft.exists() or (target.exists() and any(target.iterdir())):
        raise Problem(f"{draft if draft.exists() else target} is there already: choose another folder, or remove it")
    settings = {name: services.enter(name) for name in services.names}
    backups: dict[str, Backup] = {name: module.BACKUP for name, module in services.offering("backup").items()}
    draft.mkdir(mode=0o700, parents=True)
    created_at = datetime.now(UTC)
    with snapshots(settings) as connections:
        parts = _describe(connections, settings)
        for name, part in parts.items():
            _copy(connections[name], part, draft / name, backups[name].left_out)
            typer.echo(f"{name}: {len(part.tables)} tables, {part.rows} rows")
    files = {
        name: _save_files(name, settings[name], backup, draft) for name, backup in backups.items() if backup.save_files
    }
    made = Manifest(created_at=created_at, services=parts, files=files)
    manifest.write(draft, made)
    draft.rename(target)
    return made


@contextmanager
def snapshots(settings: Mapping[str, Settings]) -> Iterator[Connections]:
    """Yield a transaction in every database, each of which sees it as it was when this began."""
    with ExitStack() as stack:
        connections = {}
        for name in sorted(settings, key=lambda name: (name == LAST, name)):
            connection = stack.enter_context(psycopg.connect(settings[name].dsn, autocommit=True))
            connection.execute("begin isolation level repeatable read read only")
            connection.execute("select from alembic_version")  # the picture is taken by the first statement
            connections[name] = connection
        yield connections


def _describe(connections: Connections, settings: Mapping[str, Settings]) -> dict[str, Part]:
    """Sequences are read when all pictures are taken: what a picture holds of another service was numbered by then."""
    parts = {name: database.describe(connection) for name, connection in connections.items()}
    for name, part in parts.items():
        with psycopg.connect(settings[name].dsn, autocommit=True) as connection:
            part.sequences = database.sequences(connection)
    return parts


def _copy(connection: Connection[Any], part: Part, folder: Path, left_out: Collection[str]) -> None:
    folder.mkdir()
    for table in part.tables:
        is_saved = table.name.removeprefix("public.") not in left_out
        table.rows = database.copy_out(connection, table, file_of(folder, table.name), with_rows=is_saved)


def _save_files(name: str, settings: Settings, backup: Backup, draft: Path) -> int:
    """Files never change and are there before the rows that show them: after the rows, all of them are there."""
    if backup.save_files is None:
        return 0
    saved = asyncio.run(backup.save_files(settings, files_of(draft, name)))
    typer.echo(f"{name}: {saved} files")
    return saved


def file_of(folder: Path, table: str) -> Path:
    return folder / f"{table}.copy.gz"


def files_of(folder: Path, service: str) -> Path:
    return folder / service / "files"
