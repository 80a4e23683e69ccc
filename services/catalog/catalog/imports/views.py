"""How imports are shown."""

from typing import Any

import orjson
from ecatalog.db.database import Database

from catalog.imports.reader.records import NO_CODE

SHOWN_ERRORS = 5000
SHOWN_CODE = 100

_TIME = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '{}'"

TASK = "select id, status, created, updated, unchanged, errors, dry_run, refusal from import_task where task_id = %s"
ERRORS = f"select row, code, errors from import_error where task_id = %s order by row limit {SHOWN_ERRORS}"  # noqa: S608 - a constant

_OWN = "t.task_id = %(task_id)s and t.kind = %(kind)s and (t.user_id = %(user_id)s or %(staff)s)"
OWN = f"select t.id, t.errors from import_task t where {_OWN}"  # noqa: S608 - a constant

# The form of a sync's status.
STATUS = f"""
    select row_to_json(x) from (
        select t.task_id, t.kind, t.dry_run, t.status, t.total, t.processed, t.created, t.updated, t.unchanged,
               t.errors, t.total as total_items, t.processed as processed_items, t.created as created_items,
               t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.code, e.errors->0->>'error' as error, {_TIME.format("e.created_at", "+00:00")} as timestamp
                      from import_error e where e.task_id = t.id order by e.row limit 100) e) as item_errors,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.row, x->>'column' as "column", e.code, x->>'error' as error
                      from import_error e, json_array_elements(e.errors) x
                     where e.task_id = t.id order by e.row limit {SHOWN_ERRORS}) e) as errors_json,
               case when t.total = 0 then case when t.status = 'completed' then 100 else 0 end
                    else t.processed::bigint * 100 / t.total end as progress_percent,
               t.refusal::json->'body'->>'error' as error_message,
               t.refusal::json->'body'->>'error' as error_details,
               {_TIME.format("t.created_at", "Z")} as started_at, {_TIME.format("t.completed_at", "Z")} as completed_at
          from import_task t
         where {_OWN}
    ) x
"""  # noqa: S608 - built from constants

BATCH, BATCH_BYTES = 1000, 4 * 1024 * 1024
"""How many rejected rows are fetched at once."""

# The last rows of the next batches. Without cells of many characters they are one.
NEXT_BATCHES = f"""
    select max(row) from (
        select row, sum(octet_length(cells::text)) over (order by row) / {BATCH_BYTES} as part from (
            select row, cells from import_error where task_id = %(task)s and row > %(row)s order by row limit {BATCH}) e
    ) sized group by part order by part
"""  # noqa: S608 - built from constants
REJECTED = """
    select errors, cells from import_error where task_id = %(task)s and row > %(row)s and row <= %(last)s order by row
"""


async def answer(database: Database, task_id: Any, task: tuple[Any, ...]) -> dict[str, Any]:
    """The guide's form: the numbers of a completed task, and what was wrong row by row (the first 5,000 of them)."""
    row_id, _, created, updated, unchanged, errors, dry_run, _ = task
    found = await database.fetch_rows(ERRORS, [row_id])
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
    """All errors of a row as one text."""
    return "; ".join(
        error["error"] if error["error"] == NO_CODE.format(error["column"]) else f"{error['column']}: {error['error']}"
        for error in errors
    )
