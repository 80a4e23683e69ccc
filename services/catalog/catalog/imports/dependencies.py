"""Reads the form of an import."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from ecatalog.core.errors import TooLarge, UnsupportedMediaType
from ecatalog.http.body import MULTIPART, read_form
from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from catalog.imports.reader.limits import MAX_FILE_BYTES

NO = frozenset({"false", "0", "no"})


@dataclass(frozen=True)
class SentWorkbook:
    """Holds what was sent, as it was sent; ``file`` is None without one. ``close`` it when the file is read.

    ``dry_run`` may stand in the address, or beside the file.
    """

    file: UploadFile | None
    project: str
    dry_run: tuple[str, str]
    waits: bool
    close: Callable[[], Awaitable[None]]


async def _sent_workbook(request: Request) -> SentWorkbook:
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(content_type)
    if int(request.headers.get("content-length", "0")) > MAX_FILE_BYTES:
        raise TooLarge
    form, query = await read_form(request), request.query_params
    file, project = form.get("file"), form.get("project_id")
    return SentWorkbook(
        file if isinstance(file, UploadFile) else None,
        project.strip() if isinstance(project, str) else "",
        (query.get("dry_run", ""), str(form.get("dry_run", ""))),
        query.get("wait", "").lower() not in NO,
        form.close,
    )


Sent = Annotated[SentWorkbook, Depends(_sent_workbook)]
