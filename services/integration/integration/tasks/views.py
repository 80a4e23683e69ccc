"""How tasks are shown: SQL by which PostgreSQL renders the JSON."""

SHOWN_ERRORS = 100
SHOWN_TASKS = 100

_MICROSECONDS = "'YYYY-MM-DD\"T\"HH24:MI:SS.US'"


def utc(column: str, ending: str) -> str:
    return f"to_char({column} at time zone 'UTC', {_MICROSECONDS}) || '{ending}'"


# Errors of clients name clients, which are shown only to whoever sees those of every region.
_SHOWN = "(%(all_clients)s or t.sync_type <> 'clients')"
_ERROR = f"select e.code, e.error, {utc('e.created_at', '+00:00')} as timestamp from sync_item_error e"  # noqa: S608 - built from constants
_FIRST_ERRORS = (
    "select coalesce(json_agg(row_to_json(x)), '[]'::json) from ("  # noqa: S608 - built from constants
    f"{_ERROR} where e.task_id = t.id and {_SHOWN} order by e.id limit {SHOWN_ERRORS}) x"
)

ERRORS_COUNT = f"""
    select t.id, (select count(*) from sync_item_error e where e.task_id = t.id and {_SHOWN}) from sync_task t
     where t.task_id = %(task_id)s
"""  # noqa: S608 - built from constants
ERRORS_PAGE = f"""
    select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
        {_ERROR} where e.task_id = %(id)s order by e.id limit %(limit)s offset %(offset)s
    ) x
"""  # noqa: S608 - built from constants

STATUS = f"""
    select row_to_json(x) from (
        select t.task_id,
               json_build_object('id', i.id, 'name', i.name, 'project', p.name) as integration,
               t.sync_type, t.status, t.total, t.processed, t.created, t.updated, t.unchanged, t.errors,
               t.total as total_items, t.processed as processed_items, t.created as created_items,
               t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
               ({_FIRST_ERRORS}) as item_errors,
               case when t.total = 0 then 0 else t.processed::bigint * 100 / t.total end as progress_percent,
               t.error_message, t.error_message as error_details, t.message,
               {utc("t.created_at", "Z")} as started_at, {utc("t.completed_at", "Z")} as completed_at,
               t.warnings
          from sync_task t
          join integration i on i.id = t.integration_id
          left join project p on p.id = i.project_id
         where t.task_id = %(task_id)s
    ) x
"""  # noqa: S608 - built from constants


def history(where: str) -> str:
    """The newest tasks under a condition, with their number as clients compare it."""
    return f"""
        select json_build_object('results', coalesce(json_agg(row_to_json(x)), '[]'::json), 'count', count(*))
          from ({_tasks(where)} limit {SHOWN_TASKS}) x
    """  # noqa: S608 - built from constants


def history_page(where: str) -> str:
    """The tasks of a page, newest first."""
    return f"""
        select coalesce(json_agg(row_to_json(x)), '[]'::json)
          from ({_tasks(where)} limit %(limit)s offset %(offset)s) x
    """  # noqa: S608 - built from constants


def history_count(where: str) -> str:
    return f"select count(*) from sync_task t where {where}"  # noqa: S608 - built from constants


def _tasks(where: str) -> str:
    return f"""
        select t.id, t.task_id, t.integration_id, i.name as integration_name, t.sync_type, t.status,
               t.total as total_items, t.processed as processed_items, t.created as created_items,
               t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
               ({_FIRST_ERRORS}) as item_errors, t.error_message as error_details, t.error_message,
               {utc("t.created_at", "+00:00")} as created_at, {utc("t.completed_at", "+00:00")} as end_time
          from sync_task t join integration i on i.id = t.integration_id
         where {where} order by t.id desc
    """  # noqa: S608 - built from constants
