"""Reads the form in which a person sends files of 1C."""

from dataclasses import dataclass
from typing import Annotated

from ecatalog.core.errors import FieldErrors, TooLarge, UnsupportedMediaType
from ecatalog.http.body import MULTIPART, read_form
from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from integration.files.limits import MEGABYTE

LARGEST_FORM = 129 * MEGABYTE
"""128 MB of files, and what a form says around them."""

NO_FILE = "No file was submitted."
BAD_FLAG = "Must be a valid boolean."
FLAGS = {"": False, "false": False, "0": False, "no": False, "true": True, "1": True, "yes": True}


@dataclass(frozen=True)
class SentFiles:
    """The files of a form; the request closes them."""

    files: list[UploadFile]
    is_dry_run: bool


async def _sent_files(request: Request) -> SentFiles:
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(content_type)
    if int(request.headers.get("content-length", "0")) > LARGEST_FORM:
        raise TooLarge
    flag = FLAGS.get(request.query_params.get("dry_run", "").strip().lower())
    if flag is None:
        raise FieldErrors({"dry_run": [BAD_FLAG]})
    form = await read_form(request, LARGEST_FORM)
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    if not files:
        raise FieldErrors({"files": [NO_FILE]})
    return SentFiles(files, flag)


Sent = Annotated[SentFiles, Depends(_sent_files)]
