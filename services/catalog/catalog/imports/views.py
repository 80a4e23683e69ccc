"""Shows imports."""

from ecatalog.db.sql import compose, number
from ecatalog.jobs.status import COUNTS, ITEMS, MESSAGES, OWN_OR_STAFF, TIMES, Shown, view

SHOWN_ERRORS = 5000

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
