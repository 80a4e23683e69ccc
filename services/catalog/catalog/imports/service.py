"""Importing a workbook: a small one at once, a large one by the worker."""

import asyncio
import tempfile
import time
from typing import IO, Any
from uuid import UUID

import orjson
import psycopg
from ecatalog.caching.caches import Caches
from ecatalog.core.errors import BadRequest, FieldErrors, NotFound, TooLarge, UnsupportedMediaType
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.fields.types import no_such_pk
from ecatalog.http.body import MULTIPART, read_form
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Principal
from ecatalog.telemetry.context import request_id
from ecatalog.telemetry.logging import logger
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from catalog import rows
from catalog.imports import tasks, views
from catalog.imports.reader.limits import MAX_FILE_BYTES
from catalog.imports.reader.parsing import Read, WorkbookRefused, read_few
from catalog.imports.tasks import Import
from catalog.rows import Connection, Kind

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


async def answer(request: Request, kind: Kind, user: Principal) -> Response:
    """200 with the numbers; 202 with the ``task_id`` of a large workbook that takes its time."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(content_type)
    if int(request.headers.get("content-length", "0")) > MAX_FILE_BYTES:
        raise TooLarge
    form = await read_form(request)
    try:
        wrong: Wrong = {}
        wanted = await _wanted(request, form, kind, user, wrong)
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise BadRequest({"error": NO_FILE} | wrong)
        if wrong:
            raise FieldErrors(wrong)
        return await _import(request, kind, wanted, file)
    finally:
        await form.close()


async def _wanted(request: Request, form: FormData, kind: Kind, user: Principal, wrong: Wrong) -> Import:
    """What is asked for; what cannot be understood of it is added to ``wrong``."""
    sent = form.get("project_id", "")
    project = sent.strip() if isinstance(sent, str) and kind.by_project else ""
    project_id = None
    if project not in ANY_PROJECT | NO_PROJECT:
        project_id = await _known_project(request.app.state.database, project, wrong)
    return Import(
        task_id=uuid7(),
        kind=kind.name,
        user_id=user.user_id,
        project_id=project_id,
        any_project=kind.by_project and project in ANY_PROJECT,
        regions=list(user.client_regions) if kind.name == "client" and user.client_regions is not None else None,
        dry_run=_dry_run(request, form, wrong),
        request_id=request_id.get(),
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


async def _import(request: Request, kind: Kind, wanted: Import, upload: UploadFile) -> Response:
    database: Database = request.app.state.database
    with tempfile.TemporaryFile() as file:
        await _spool(upload, file)
        read = await read_few(file, wanted.kind, MOST_AT_ONCE)
        if not read.more:
            await _write(request, kind, wanted, read)
        else:
            async with database.connection() as connection, connection.transaction():
                task = await tasks.start(connection, wanted)
                await tasks.keep_file(connection, task, file)
    waits = request.query_params.get("wait", "").lower() not in NO
    return await _ended(database, wanted, WAIT_SECONDS if waits else 0.0)


async def _spool(upload: UploadFile, file: IO[bytes]) -> None:
    """The reader is another process and needs a real file."""
    while piece := await upload.read(tasks.PIECE):
        await asyncio.to_thread(file.write, piece)
    file.flush()


async def _write(request: Request, kind: Kind, wanted: Import, read: Read) -> None:
    """All rows in one transaction, in the order of their codes: two imports wait for each other, and never both."""
    database: Database = request.app.state.database
    read.reject_superseded(kind.code, read.later)
    good = sorted(read.good, key=lambda one: str(one[1][kind.code]))
    caches: Caches = request.app.state.caches
    try:
        async with database.connection() as connection, connection.transaction():
            task = await tasks.start(connection, wanted)
            await tasks.begin(connection, task, read.total)
            await tasks.reject(connection, task, read.rejected)
            await tasks.add(connection, task, errors=len(read.rejected))
            await _write_chunks(connection, kind, wanted, task, good)
    except psycopg.DataError as error:
        log.exception("the database refused a row of an import", exc_info=error)
        raise BadRequest(tasks.NOT_STORED) from None
    finally:
        caches.invalidate(kind.name)


async def _write_chunks(
    connection: Connection, kind: Kind, wanted: Import, task: int, good: list[tuple[int, dict[str, Any]]]
) -> None:
    for start in range(0, len(good), CHUNK):
        outcomes, refused = await tasks.write_rows(connection, wanted, kind, good[start : start + CHUNK])
        await tasks.reject(connection, task, refused)
        await tasks.add(connection, task, outcomes=outcomes)


async def _ended(database: Database, wanted: Import, seconds: float) -> Response:
    """The numbers when the task ends within so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        task = await database.fetch_row(views.TASK, [wanted.task_id])
        if task is not None and task[1] == "error":
            raise WorkbookRefused(**orjson.loads(task[-1]))
        if task is not None and task[1] == "completed":
            return Json(await views.answer(database, wanted.task_id, task))
        if time.monotonic() >= deadline:
            break
        await asyncio.sleep(LOOK_SECONDS)
    path = f"/api/v1/{wanted.kind}/import-xlsx/{wanted.task_id}/"
    started = {"task_id": str(wanted.task_id), "status": "started", "status_url": path}
    response = Json(started, 202)
    response.headers["Location"] = path
    return response


async def task_of(database: Database, kind: str, user: Principal, task_id: str) -> tuple[int, int]:
    """The inner id of an import that the user may see, and how many of its rows were rejected."""
    found = await database.fetch_row(views.OWN, _about(kind, user, task_id))
    if found is None:
        raise NotFound
    return found[0], found[1]


async def status(database: Database, kind: str, user: Principal, task_id: str) -> bytes:
    """Where an import of the user stands, as JSON; administrators see those of all users."""
    found = await database.fetch_json(views.STATUS, _about(kind, user, task_id))
    if found is None:
        raise NotFound
    return found


def _about(kind: str, user: Principal, task_id: str) -> dict[str, Any]:
    return {"task_id": _uuid(task_id), "kind": kind, "user_id": user.user_id, "staff": user.is_staff}


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise NotFound from None
