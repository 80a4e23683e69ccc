"""How syncs are shown: SQL by which PostgreSQL renders the JSON."""

from ecatalog.jobs.status import COUNTS, ITEMS, MESSAGES, SIGNED_IN, TIMES, Shown, utc, view

SHOWN_TASKS = 100

IS_SYNC = "j.task = 'sync'"
SYNC_TYPE = "j.args ->> 'sync_type'"
_INTEGRATION_ID = "(j.args ->> 'integration_id')::bigint"
_WITH_INTEGRATION = f"job j join integration i on i.id = {_INTEGRATION_ID}"

# Errors of clients name clients, which are shown only to whoever sees those of every region.
_ERRORS_VISIBLE = f"(%(all_clients)s or {SYNC_TYPE} <> 'clients')"

STATUS = Shown(
    columns=view(
        (
            "task_id", "integration", "sync_type", "status", *COUNTS, *ITEMS, "item_errors", "progress_percent",
            *MESSAGES, "message", *TIMES, "warnings",
        ),
        own={
            "integration": "json_build_object('id', i.id, 'name', i.name, 'project', p.name)", "sync_type": SYNC_TYPE,
        },
        errors_visible=_ERRORS_VISIBLE,
    ),
    source=f"{_WITH_INTEGRATION} left join project p on p.id = i.project_id",
    where=IS_SYNC,
    visible=SIGNED_IN,
    errors_visible=_ERRORS_VISIBLE,
)  # fmt: skip

_HISTORY = view(
    (
        "id", "task_id", "integration_id", "integration_name", "sync_type", "status", *ITEMS, "item_errors",
        "error_details", "error_message", "created_at", "end_time",
    ),
    own={
        "id": "j.id", "integration_id": _INTEGRATION_ID, "integration_name": "i.name", "sync_type": SYNC_TYPE,
        "created_at": utc("j.created_at", "+00:00"), "end_time": utc("j.finished_at", "+00:00"),
    },
    errors_visible=_ERRORS_VISIBLE,
)  # fmt: skip


def history(where: str) -> str:
    """The newest syncs under a condition, with their number as clients compare it."""
    return f"""
        select json_build_object('results', coalesce(json_agg(row_to_json(x)), '[]'::json), 'count', count(*))
          from ({_syncs(where)} limit {SHOWN_TASKS}) x
    """  # noqa: S608 - built from constants


def history_page(where: str) -> str:
    """The syncs of a page, newest first."""
    return f"""
        select coalesce(json_agg(row_to_json(x)), '[]'::json)
          from ({_syncs(where)} limit %(limit)s offset %(offset)s) x
    """  # noqa: S608 - built from constants


def history_count(where: str) -> str:
    return f"select count(*) from job j where {IS_SYNC} and {where}"  # noqa: S608 - built from constants


def _syncs(where: str) -> str:
    return f"select {_HISTORY} from {_WITH_INTEGRATION} where {IS_SYNC} and {where} order by j.id desc"  # noqa: S608 - built from constants
