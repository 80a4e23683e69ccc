"""Shows imports."""

from typing import Any
from uuid import UUID

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, number
from ecatalog.jobs.status import COUNTS, ITEMS, MESSAGES, OWN_OR_STAFF, TIMES, Shown, view

from catalog.imports.reader.records import NO_CODE

SHOWN_ERRORS = 5000
SHOWN_CODE = 100

JOB = """
    select j.id, j.status, j.created, j.updated, j.unchanged, j.errors, (j.args ->> 'dry_run')::boolean, j.error,
           j.result
      from job j where j.task_id = %(task_id)s
"""
ERRORS = compose(
    "select row, code, details -> 'errors' from job_error where job_id = %(job_id)s order by row limit {most}",
    most=number(SHOWN_ERRORS),
)

_ERRORS_JSON = compose(
    """
    (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
        select e.row, x ->> 'column' as "column", e.code, x ->> 'error' as error
          from job_error e, json_array_elements(e.details -> 'errors') x
         where e.job_id = j.id order by e.row limit {most}) e)
    """,
    most=number(SHOWN_ERRORS),
)
_NAMES = ("task_id", "kind", "dry_run", "status", *COUNTS, *ITEMS, "item_errors", "errors_json", "progress_percent")
_OWN = {
    "kind": "j.args ->> 'kind'", "dry_run": "(j.args ->> 'dry_run')::boolean", "errors_json": _ERRORS_JSON,
}  # fmt: skip

IMPORTS = Shown(
    columns=view((*_NAMES, *MESSAGES, *TIMES), own=_OWN, empty_is=100),
    where="j.task = 'import' and j.args ->> 'kind' = %(kind)s",
    visible=OWN_OR_STAFF,
)
"""These are the imports of one kind, in the form of a sync's status."""

BATCH, BATCH_BYTES = 1000, 4 * 1024 * 1024
"""At most so many rejected rows, and bytes of them, are fetched at once."""

# The last rows of the next batches. Without cells of many characters they are one.
NEXT_BATCHES = compose(
    """
    select max(row) from (
        select row, sum(octet_length(details::text)) over (order by row) / {bytes} as part from (
            select row, details from job_error where job_id = %(job_id)s and row > %(row)s order by row limit {most}) e
    ) sized group by part order by part
    """,
    bytes=number(BATCH_BYTES), most=number(BATCH),
)  # fmt: skip
REJECTED = """
    select details from job_error where job_id = %(job_id)s and row > %(row)s and row <= %(last)s order by row
"""


async def answer(database: Database, task_id: UUID, job: tuple[Any, ...]) -> dict[str, Any]:
    """Return the numbers of a completed import, and the errors of its rows (the first 5,000), in the guide's form."""
    job_id, _, created, updated, unchanged, errors, dry_run, *_ = job
    found = await database.fetch_rows(ERRORS, {"job_id": job_id})
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
