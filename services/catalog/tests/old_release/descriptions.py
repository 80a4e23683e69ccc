"""Descriptions of the release before jobs, in each state."""

from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.descriptions.views import DESCRIPTIONS

from .rows import Connection, insert_task, time

OLD_STATUS = f"""
    select row_to_json(x)::text from (
        select t.task_id, t.kind, t.action, t.status, t.total, t.processed, t.done, t.skipped, t.errors,
               t.prompt_tokens, t.completion_tokens,
               case when t.total = 0 then case when t.status = 'completed' then 100 else 0 end
                    else t.processed::bigint * 100 / t.total end as progress_percent,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.code, e.error, {time("e.created_at", "+00:00")} as timestamp
                      from description_error e where e.task_id = t.id order by e.id limit 100) e) as item_errors,
               t.error_message, t.error_message as error_details,
               {time("t.created_at", "Z")} as started_at, {time("t.completed_at", "Z")} as completed_at
          from description_task t order by t.id
    ) x
"""  # noqa: S608 - a constant
NEW_STATUS = f"""
    select row_to_json(x)::text from (
        select {DESCRIPTIONS.columns} from job j where j.task <> 'import' order by j.id
    ) x
"""  # noqa: S608 - a constant

TASK: dict[str, Any] = {
    "kind": "nomenklatura", "action": "enrich", "user_id": 7, "language": "uz", "overwrite": False, "review": False,
    "max_tokens": None, "request_id": "asked", "status": "fetching", "total": 0, "processed": 0, "done": 0,
    "skipped": 0, "errors": 0, "prompt_tokens": 0, "completion_tokens": 0, "error_message": None, "holder": None,
    "leased_until": None,
}  # fmt: skip
HOLDER = "00000000-0000-0000-0000-000000000001"
LEASED = {"status": "processing", "holder": HOLDER, "leased_until": datetime.now(UTC) + timedelta(seconds=30)}
LEFT = {"status": "processing", "holder": HOLDER, "leased_until": datetime.now(UTC) - timedelta(hours=1)}
DONE: dict[str, dict[str, Any]] = {
    "completed": {
        "status": "completed", "total": 60, "processed": 60, "done": 59, "skipped": 1, "prompt_tokens": 2**33,
        "completion_tokens": 7, "language": "ru", "max_tokens": 2**34,
    },
    "with errors": {"status": "completed", "total": 3, "processed": 3, "done": 1, "errors": 2},
    "empty": {"status": "completed", "action": "clear"},
    "failed": {
        "status": "error", "total": 5, "processed": 2, "done": 2, "error_message": "the limit of tokens is reached",
    },
    "cancelled": {
        "status": "error", "total": 5, "processed": 1, "skipped": 1, "error_message": "Cancelled by user 7.",
    },
}  # fmt: skip
UNFINISHED: dict[str, dict[str, Any]] = {
    "waits": {"total": 2},
    "half described by a worker that died": LEASED | {
        "total": 3, "processed": 1, "done": 1, "prompt_tokens": 80, "completion_tokens": 20, "review": True,
    },
    "half cleared": LEFT | {"action": "clear", "total": 2, "processed": 1, "skipped": 1},
    "clients of which one was not found": {"kind": "client", "total": 2, "processed": 1, "errors": 1},
}  # fmt: skip
TODO = {
    "cancelled": "1", "waits": "23", "half described by a worker that died": "45", "half cleared": "6",
    "clients of which one was not found": "1",
}  # fmt: skip
ENDED = [
    ("succeeded", 2, 2, 2, 0, 0, {"prompt_tokens": 160, "completion_tokens": 40}),
    ("succeeded", 3, 3, 3, 0, 0, {"prompt_tokens": 240, "completion_tokens": 60}),
    ("succeeded", 2, 2, 0, 2, 0, {"prompt_tokens": 0, "completion_tokens": 0}),
    ("succeeded", 2, 2, 1, 0, 1, {"prompt_tokens": 80, "completion_tokens": 20}),
]
"""Status, total, processed, described, skipped, errors, and what was spent."""

_ROWS = (
    "insert into nomenklatura (code_1c, name, enrichment_status)"
    " select 'N' || n, 'Product ' || n, case n when 4 then 'IN_PROGRESS' else 'PENDING' end"
    " from generate_series(1, 6) n",
    "insert into client (client_code_1c, name) values ('N1', 'Client')",
    "alter table description_task alter column id restart with 3",
)
_TODO = {
    "nomenklatura": "insert into description_todo select %s, id from nomenklatura where code_1c = any(%s)",
    "client": "insert into description_todo select %s, id from client where client_code_1c = any(%s)",
}
_ERROR = "insert into description_error (task_id, code, error) values (%s, %s, 'Not found.')"
_CLAIM = """
    insert into description_claim (kind, row_id, holder, until, status_before)
    select 'nomenklatura', id, %s, now() + interval '30 s', 'FAILED' from nomenklatura where code_1c = 'N4'
"""


def fill(connection: Connection) -> None:
    """A task in each state. Their ids are none that jobs will have; one row is claimed."""
    for statement in _ROWS:
        connection.execute(statement)
    tasks = {name: TASK | values for name, values in (DONE | UNFINISHED).items()}
    ids = {name: insert_task(connection, "description_task", values) for name, values in tasks.items()}
    for name, rows in TODO.items():
        connection.execute(_TODO[tasks[name]["kind"]].encode(), [ids[name], [f"N{row}" for row in rows]])
    for name, code in (("with errors", "A"), ("with errors", None), ("clients of which one was not found", "B")):
        connection.execute(_ERROR, [ids[name], code])
    connection.execute(_CLAIM, [HOLDER])
