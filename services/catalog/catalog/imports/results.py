"""Gives clients the results of an import: its numbers, or where to ask for them later."""

import asyncio
import time
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, number

from catalog.imports.reader.parsing import WorkbookRefused
from catalog.imports.reader.records import NO_CODE
from catalog.imports.views import SHOWN_ERRORS

LOOK_SECONDS = 0.2
SHOWN_CODE = 100

_JOB = """
    select j.id, j.status, j.created, j.updated, j.unchanged, j.errors, (j.args ->> 'dry_run')::boolean, j.error,
           j.result
      from job j where j.task_id = %(task_id)s
"""
_ERRORS = compose(
    "select row, code, details -> 'errors' from job_error where job_id = %(job_id)s order by row limit {most}",
    most=number(SHOWN_ERRORS),
)


class Imported(NamedTuple):
    """Is the body of an answer: the numbers of an import that is finished, or where to ask for them later."""

    body: dict[str, Any]
    is_finished: bool


async def result_of(database: Database, kind: str, task_id: UUID, seconds: float) -> Imported:
    """Return the numbers of an import if it ends within ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        job = await database.fetch_row(_JOB, {"task_id": task_id})
        if job is not None and job[1] == "succeeded":
            return Imported(await _answer(database, task_id, job), is_finished=True)
        if job is not None and job[1] in {"failed", "cancelled"}:
            raise _refusal(*job[-2:])
        if time.monotonic() >= deadline:
            break
        await asyncio.sleep(LOOK_SECONDS)
    path = f"/api/v1/{kind}/import-xlsx/{task_id}/"
    return Imported({"task_id": str(task_id), "status": "started", "status_url": path}, is_finished=False)


def _refusal(message: str, result: bytes | None) -> WorkbookRefused:
    """Return the answer to a workbook that was not imported; one that was given up has only its sentence."""
    if result is None:
        return WorkbookRefused(500, {"error": message})
    return WorkbookRefused(**orjson.loads(result))


async def _answer(database: Database, task_id: UUID, job: tuple[Any, ...]) -> dict[str, Any]:
    """Return the numbers of a completed import, and the errors of its rows (the first 5,000), in the guide's form."""
    job_id, _, created, updated, unchanged, errors, dry_run, *_ = job
    found = await database.fetch_rows(_ERRORS, {"job_id": job_id})
    rejected = [(row, code, orjson.loads(each)) for row, code, each in found]
    return {
        "created": created,
        "updated": updated,
        "errors": [_sentence(*one) for one in rejected],
        "unchanged": unchanged,
        "errors_json": [{"row": row, "code": code} | error for row, code, each in rejected for error in each],
        "error_count": errors,
        "dry_run": dry_run,
        "task_id": str(task_id),
    }


def _sentence(row: int, code: str | None, errors: list[dict[str, str]]) -> str:
    head = f"Row {row} ({code[:SHOWN_CODE]})" if code else f"Row {row}"
    return f"{head}: {what_is_wrong(errors)}"


def what_is_wrong(errors: list[dict[str, str]]) -> str:
    """Return all errors of a row as one text."""
    return "; ".join(
        error["error"] if error["error"] == NO_CODE.format(error["column"]) else f"{error['column']}: {error['error']}"
        for error in errors
    )
