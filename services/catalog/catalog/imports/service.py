"""Imports workbooks: a small one at once, a large one by the worker."""

import asyncio
import tempfile
import time
from typing import IO, Any
from uuid import UUID

import orjson
import psycopg
from ecatalog.caching.caches import Caches
from ecatalog.core.errors import BadRequest, FieldErrors, TooLarge, UnsupportedMediaType
from ecatalog.db.database import Database
from ecatalog.entities.entity import Entity
from ecatalog.fields.types import no_such_pk
from ecatalog.http.body import MULTIPART, read_form
from ecatalog.http.responses import Json
from ecatalog.jobs import queue
from ecatalog.security.permissions import Principal
from ecatalog.telemetry.logging import logger
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from catalog import rows
from catalog.bulk.incoming import RowOutcome
from catalog.imports import files, views
from catalog.imports.job import IMPORT
from catalog.imports.reader.limits import MAX_FILE_BYTES
from catalog.imports.reader.parsing import Read, WorkbookRefused, read_few
from catalog.imports.schemas import ImportArgs
from catalog.imports.writing import NOT_STORED, progress_of, write_rows

log = logger(__name__)

MOST_AT_ONCE = 5000
"""Rows up to which a workbook is imported within the request."""

CHUNK = 1000
WAIT_SECONDS = 120.0
LOOK_SECONDS = 0.2
Wrong = dict[str, Any]

NO_FILE = "file field talab qilinadi"
NO_PROJECT = frozenset({"0"})
ANY_PROJECT = frozenset({"", "null"})
YES, NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


async def answer(request: Request, entity: Entity, user: Principal) -> Response:
    """200 with the numbers; 202 with the ``task_id`` of a large workbook that takes its time."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(content_type)
    if int(request.headers.get("content-length", "0")) > MAX_FILE_BYTES:
        raise TooLarge
    form = await read_form(request)
    try:
        wrong: Wrong = {}
        args = await _args(request, form, entity, user, wrong)
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise BadRequest({"error": NO_FILE} | wrong)
        if wrong:
            raise FieldErrors(wrong)
        return await _import(request, entity, args, user, file)
    finally:
        await form.close()


async def _args(request: Request, form: FormData, entity: Entity, user: Principal, wrong: Wrong) -> ImportArgs:
    """What is asked for; what cannot be understood of it is added to ``wrong``."""
    sent = form.get("project_id", "")
    project = sent.strip() if isinstance(sent, str) and entity.scope else ""
    project_id = None
    if project not in ANY_PROJECT | NO_PROJECT:
        project_id = await _known_project(request.app.state.database, project, wrong)
    return ImportArgs(
        kind=entity.name,
        project_id=project_id,
        any_project=entity.scope is not None and project in ANY_PROJECT,
        regions=list(user.client_regions) if entity.name == "client" and user.client_regions is not None else None,
        dry_run=_dry_run(request, form, wrong),
    )


def _dry_run(request: Request, form: FormData, wrong: Wrong) -> bool:
    """Asked for in the address, or beside the file: who is not understood does not want everything written."""
    for sent in (request.query_params.get("dry_run"), form.get("dry_run")):
        word = str(sent or "").strip().lower()
        if word in YES:
            return True
        if word not in NO | {""}:
            wrong["dry_run"] = ["Must be a valid boolean."]
    return False


async def _known_project(database: Database, sent: str, wrong: Wrong) -> int | None:
    if sent.isdecimal() and len(sent) < 19:
        async with database.connection() as connection:
            if await rows.is_live_project(connection, int(sent)):
                return int(sent)
    wrong["project_id"] = [no_such_pk(sent)]
    return None


async def _import(request: Request, entity: Entity, args: ImportArgs, user: Principal, upload: UploadFile) -> Response:
    database: Database = request.app.state.database
    with tempfile.TemporaryFile() as file:
        await _spool(upload, file)
        read = await read_few(file, entity.sheet, MOST_AT_ONCE)
        if read.more:
            task_id = await _defer(database, args, user, file)
        else:
            task_id = await _write(request, entity, args, user, read)
    waits = request.query_params.get("wait", "").lower() not in NO
    return await _ended(database, entity.name, task_id, WAIT_SECONDS if waits else 0.0)


async def _spool(upload: UploadFile, file: IO[bytes]) -> None:
    """The reader is another process and needs a real file."""
    while piece := await upload.read(files.PIECE_BYTES):
        await asyncio.to_thread(file.write, piece)
    file.flush()


async def _defer(database: Database, args: ImportArgs, user: Principal, file: IO[bytes]) -> UUID:
    async with database.transaction() as connection:
        deferred = await queue.defer(connection, IMPORT, args, user_id=user.user_id)
        await files.store(connection, deferred.id, file)
    return deferred.task_id


async def _write(request: Request, entity: Entity, args: ImportArgs, user: Principal, read: Read) -> UUID:
    """All rows in one transaction, in the order of their codes: two imports wait for each other, and never both."""
    database: Database = request.app.state.database
    read.reject_superseded(entity.code, read.later)
    good = sorted(read.good, key=lambda one: str(one[1][entity.code]))
    outcomes: list[RowOutcome] = []
    caches: Caches = request.app.state.caches
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


async def _ended(database: Database, kind: str, task_id: UUID, seconds: float) -> Response:
    """The numbers when the import ends within so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        job = await database.fetch_row(views.JOB, {"task_id": task_id})
        if job is not None and job[1] == "succeeded":
            return Json(await views.answer(database, task_id, job))
        if job is not None and job[1] in {"failed", "cancelled"}:
            raise _refusal(*job[-2:])
        if time.monotonic() >= deadline:
            break
        await asyncio.sleep(LOOK_SECONDS)
    path = f"/api/v1/{kind}/import-xlsx/{task_id}/"
    started = {"task_id": str(task_id), "status": "started", "status_url": path}
    response = Json(started, 202)
    response.headers["Location"] = path
    return response


def _refusal(message: str, result: bytes | None) -> WorkbookRefused:
    """The answer to a workbook that was not imported; one that was given up has no other than its sentence."""
    if result is None:
        return WorkbookRefused(500, {"error": message})
    return WorkbookRefused(**orjson.loads(result))
