"""Imports workbooks: a small one at once, a large one by the worker."""

import asyncio
import tempfile
from typing import IO, Any
from uuid import UUID

import psycopg
from ecatalog.caching.caches import Caches
from ecatalog.core.errors import BadRequest, FieldErrors
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.fields.types import no_such_pk
from ecatalog.jobs import queue
from ecatalog.security.permissions import Principal
from ecatalog.telemetry.logging import logger
from starlette.datastructures import UploadFile

from catalog.imports import files
from catalog.imports.dependencies import NO, SentWorkbook
from catalog.imports.job import IMPORT
from catalog.imports.progress import progress_of
from catalog.imports.reader.parsing import Read, read_few
from catalog.imports.results import Imported, result_of
from catalog.imports.schemas import ImportArgs
from catalog.imports.writing import NOT_STORED, write_rows
from catalog.upsert.incoming import RowOutcome
from catalog.upsert.matching import live_projects

log = logger(__name__)

MOST_AT_ONCE = 5000
"""Rows up to which a workbook is imported within the request."""

CHUNK = 1000
WAIT_SECONDS = 120.0
Wrong = dict[str, Any]

NO_FILE = "file field talab qilinadi"
NO_PROJECT = frozenset({"0"})
ANY_PROJECT = frozenset({"", "null"})
YES = frozenset({"true", "1", "yes"})


async def import_workbook(
    database: Database, caches: Caches, entity: Entity, user: Principal, sent: SentWorkbook
) -> Imported:
    """Import a small workbook, or defer the job for a large one and wait for it as long as ``sent`` allows."""
    try:
        wrong: Wrong = {}
        args = await _args(database, entity, user, sent, wrong)
        if sent.file is None:
            raise BadRequest({"error": NO_FILE} | wrong)
        if wrong:
            raise FieldErrors(wrong)
        task_id = await _import(database, caches, entity, args, user, sent.file)
    finally:
        await sent.close()
    return await result_of(database, entity.name, task_id, WAIT_SECONDS if sent.waits else 0.0)


async def _args(database: Database, entity: Entity, user: Principal, sent: SentWorkbook, wrong: Wrong) -> ImportArgs:
    """Return the arguments of the job; what cannot be understood is added to ``wrong``."""
    project = sent.project if entity.scope else ""
    project_id = None
    if project not in ANY_PROJECT | NO_PROJECT:
        project_id = await _known_project(database, project, wrong)
    return ImportArgs(
        kind=entity.name,
        project_id=project_id,
        any_project=entity.scope is not None and project in ANY_PROJECT,
        regions=list(user.client_regions) if entity.name == "client" and user.client_regions is not None else None,
        dry_run=_dry_run(sent, wrong),
    )


def _dry_run(sent: SentWorkbook, wrong: Wrong) -> bool:
    """Return whether only to try; whoever is not understood does not want everything written."""
    for text in sent.dry_run:
        word = text.strip().lower()
        if word in YES:
            return True
        if word not in NO | {""}:
            wrong["dry_run"] = ["Must be a valid boolean."]
    return False


async def _known_project(database: Database, sent: str, wrong: Wrong) -> int | None:
    if sent.isdecimal() and len(sent) < 19:
        async with database.connection() as connection:
            if await live_projects(connection, [int(sent)]):
                return int(sent)
    wrong["project_id"] = [no_such_pk(sent)]
    return None


async def _import(
    database: Database, caches: Caches, entity: Entity, args: ImportArgs, user: Principal, upload: UploadFile
) -> UUID:
    with tempfile.TemporaryFile() as file:
        await _spool(upload, file)
        read = await read_few(file, entity.sheet, MOST_AT_ONCE)
        if read.more:
            return await _defer(database, args, user, file)
        return await _write(database, caches, entity, args, user, read)


async def _spool(upload: UploadFile, file: IO[bytes]) -> None:
    """Copy the upload: the reader is another process, and needs a real file."""
    while piece := await upload.read(files.PIECE_BYTES):
        await asyncio.to_thread(file.write, piece)
    file.flush()


async def _defer(database: Database, args: ImportArgs, user: Principal, file: IO[bytes]) -> UUID:
    async with database.transaction() as connection:
        deferred = await queue.defer(connection, IMPORT, args, user_id=user.user_id)
        await files.store(connection, deferred.id, file)
    return deferred.task_id


async def _write(
    database: Database, caches: Caches, entity: Entity, args: ImportArgs, user: Principal, read: Read
) -> UUID:
    """Write all rows in one transaction, in the order of their codes: of two imports only one waits for the other."""
    good = sorted(read.good, key=lambda one: str(one[1][entity.code]))
    outcomes: list[RowOutcome] = []
    try:
        async with database.transaction() as connection:
            for start in range(0, len(good), CHUNK):
                written, refused = await write_rows(connection, args, good[start : start + CHUNK])
                outcomes += written
                read.rejected += refused
            progress = progress_of(outcomes, read.rejected)
            progress["total"] = read.total
            recorded = await queue.record(connection, IMPORT, args, user_id=user.user_id, **progress)
    except psycopg.DataError as error:
        log.exception("the database refused a row of an import", exc_info=error)
        raise BadRequest(NOT_STORED) from None
    finally:
        caches.invalidate(entity.name)
    return recorded.task_id
