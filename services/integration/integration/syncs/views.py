"""Syncs as clients see them: SQL by which PostgreSQL renders the JSON."""

from ecatalog.db.render import utc
from ecatalog.db.sql import Sql, compose, number
from ecatalog.jobs.status import COUNTS, ITEMS, MESSAGES, SIGNED_IN, TIMES, Shown, view

from integration.syncs.streams import MAIN, NUMBERS, OF_RUN

FIRST = number(100)
PAGE = compose("%(limit)s offset %(offset)s")

_IS_SYNC = "j.task = 'sync'"
SYNC_TYPE = "j.args ->> 'sync_type'"
_INTEGRATION_ID = "(j.args ->> 'integration_id')::bigint"
_WITH_INTEGRATION = f"job j join integration i on i.id = {_INTEGRATION_ID} {MAIN}"

# Errors of clients name clients, which are shown only to whoever sees those of every region.
_ERRORS_VISIBLE = f"(%(all_clients)s or {SYNC_TYPE} <> 'clients' and e.details ->> 'stream' is distinct from 'clients')"

STATUS = Shown(
    columns=view(
        (
            "task_id", "integration", "sync_type", "status", *COUNTS, *ITEMS, "item_errors", "progress_percent",
            *MESSAGES, "message", *TIMES, "warnings", *OF_RUN,
        ),
        own={
            **NUMBERS, **OF_RUN,
            "integration": "json_build_object('id', i.id, 'name', i.name, 'project', p.name)", "sync_type": SYNC_TYPE,
        },
        errors_visible=_ERRORS_VISIBLE,
    ),
    source=f"{_WITH_INTEGRATION} left join project p on p.id = i.project_id",
    where=_IS_SYNC,
    visible=SIGNED_IN,
    errors_visible=_ERRORS_VISIBLE,
)  # fmt: skip

_HISTORY = view(
    (
        "id", "task_id", "integration_id", "integration_name", "sync_type", "status", *ITEMS, "item_errors",
        "error_details", "error_message", "created_at", "end_time", *OF_RUN,
    ),
    own={
        **NUMBERS, **OF_RUN,
        "id": "j.id", "integration_id": _INTEGRATION_ID, "integration_name": "i.name", "sync_type": SYNC_TYPE,
        "created_at": utc("j.created_at", "+00:00"), "end_time": utc("j.finished_at", "+00:00"),
    },
    errors_visible=_ERRORS_VISIBLE,
)  # fmt: skip


def history(where: Sql, limit: Sql = FIRST) -> Sql:
    """Select the newest syncs under a condition, or a page of them, as JSON; and their number."""
    return compose(
        "select coalesce(json_agg(row_to_json(x)), '[]'::json), count(*) from ({syncs} limit {limit}) x",
        syncs=_syncs(where), limit=limit,
    )  # fmt: skip


def history_count(where: Sql) -> Sql:
    return compose("select count(*) from job j where {is_sync} and {where}", is_sync=compose(_IS_SYNC), where=where)


def _syncs(where: Sql) -> Sql:
    return compose(
        "select {columns} from {source} where {is_sync} and {where} order by j.id desc",
        columns=_HISTORY, source=compose(_WITH_INTEGRATION), is_sync=compose(_IS_SYNC), where=where,
    )  # fmt: skip
