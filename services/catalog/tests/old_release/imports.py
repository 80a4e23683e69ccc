"""Imports of the release before jobs, in each state."""

from typing import Any

from catalog.imports.job import FAILED
from catalog.imports.views import IMPORTS

from ..imports.books import header_row, package, sheet, text_cells
from .rows import Connection, insert_task, time

OLD_STATUS = f"""
    select row_to_json(x)::text from (
        select t.task_id, t.kind, t.dry_run, t.status, t.total, t.processed, t.created, t.updated, t.unchanged,
               t.errors, t.total as total_items, t.processed as processed_items, t.created as created_items,
               t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.code, e.errors->0->>'error' as error, {time("e.created_at", "+00:00")} as timestamp
                      from import_error e where e.task_id = t.id order by e.row limit 100) e) as item_errors,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.row, x->>'column' as "column", e.code, x->>'error' as error
                      from import_error e, json_array_elements(e.errors) x
                     where e.task_id = t.id order by e.row limit 5000) e) as errors_json,
               case when t.total = 0 then case when t.status = 'completed' then 100 else 0 end
                    else t.processed::bigint * 100 / t.total end as progress_percent,
               t.refusal::json->'body'->>'error' as error_message,
               t.refusal::json->'body'->>'error' as error_details,
               {time("t.created_at", "Z")} as started_at, {time("t.completed_at", "Z")} as completed_at
          from import_task t order by t.id
    ) x
"""  # noqa: S608 - a constant
NEW_STATUS = f"""
    select row_to_json(x)::text from (
        select {IMPORTS.columns} from job j where j.task = 'import' order by j.id
    ) x
"""  # noqa: S608 - a constant

TASK: dict[str, Any] = {
    "kind": "project", "user_id": 7, "project_id": None, "any_project": False, "regions": None, "dry_run": False,
    "status": "fetching", "total": 0, "processed": 0, "created": 0, "updated": 0, "unchanged": 0, "errors": 0,
    "attempts": 0, "refusal": None, "request_id": "asked",
}  # fmt: skip
REFUSED = '{"status": 400, "body": {"error": "Excel headerlari mos emas", "expected": ["a"], "received": []}}'
GIVEN_UP = f'{{"status": 500, "body": {{"error": "{FAILED}"}}}}'
DONE: dict[str, dict[str, Any]] = {
    "completed": {"status": "completed", "total": 5, "processed": 5, "created": 2, "updated": 3, "unchanged": 1},
    "dry run of a client": {
        "status": "completed", "kind": "client", "total": 1, "processed": 1, "created": 1, "dry_run": True,
        "project_id": 12, "regions": ["R1", 'R "2"'],
    },
    "with errors": {"status": "completed", "total": 3, "processed": 3, "created": 1, "errors": 2},
    "not cleaned up": {"status": "completed", "total": 1, "processed": 1, "updated": 1, "attempts": 1},
    "empty": {"status": "completed"},
    "refused": {"status": "error", "attempts": 1, "refusal": REFUSED},
    "given up": {"status": "error", "total": 9, "processed": 4, "created": 4, "attempts": 21, "refusal": GIVEN_UP},
}  # fmt: skip
UNFINISHED: dict[str, dict[str, Any]] = {
    "waits": {},
    "is read": {"attempts": 1},
    "was interrupted often": {"status": "processing", "total": 3, "attempts": 20},
    "half applied": {
        "status": "processing", "total": 1500, "processed": 1000, "created": 999, "errors": 1, "attempts": 1,
    },
}  # fmt: skip
"""The locks that told whose they were ended with the workers."""

ENDED = [("succeeded", rows, rows, rows - errors, errors) for rows, errors in ((3, 0), (3, 0), (3, 0), (1500, 1))]
"""Status, total, processed, created and errors."""

PROJECTS = 1508

WRONG = '[{"column": "name", "error": "A \\"first\\" one."}, {"column": "code_1c", "error": "A second."}]'
REJECTED = (
    ("with errors", 9, None, '{"name": null}'), ("with errors", 4, "P", '{"code_1c": "P",  "name": "молоко"}'),
    ("half applied", 7, "half-applied5", '{"name": null}'),
)  # fmt: skip

_PIECE = "insert into import_file (task_id, n, data) values (%s, %s, %s)"
_WRITTEN = """
    insert into project (code_1c, name) select 'half-applied' || n, 'x' from generate_series(0, 999) n where n <> 5
"""
_ERROR = "insert into import_error (task_id, row, code, errors, cells) values (%s, %s, %s, %s, %s)"


def workbook(code: str, rows: int) -> bytes:
    cells = (f"<row>{text_cells([f'{code}{n}', 'x'])}</row>" for n in range(rows))
    return package(sheet(header_row("project") + "".join(cells)))


def fill(connection: Connection) -> None:
    """A task in each state. Their ids are none that jobs will have."""
    connection.execute("alter table import_task alter column id restart with 3")
    ids = {name: insert_task(connection, "import_task", TASK | values) for name, values in (DONE | UNFINISHED).items()}
    for name, values in UNFINISHED.items():
        content = workbook(name.replace(" ", "-"), values.get("total", 3))
        for number, start in enumerate(range(0, len(content), 10_000)):
            connection.execute(_PIECE, [ids[name], number, content[start : start + 10_000]])
    connection.execute(_PIECE, [ids["not cleaned up"], 0, b"x"])
    for name in ("half applied", "not cleaned up"):
        connection.execute("insert into import_chunk (task_id, chunk) values (%s, 0)", [ids[name]])
    connection.execute(_WRITTEN)
    for name, row, code, cells in REJECTED:
        connection.execute(_ERROR, [ids[name], row, code, WRONG, cells])
