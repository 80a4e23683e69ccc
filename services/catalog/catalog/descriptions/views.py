"""How tasks and drafts are shown."""

from ecatalog.entities.rendering import TIMESTAMP

from catalog.descriptions.kinds import Described

SHOWN_ERRORS = 100

_TIME = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '{}'"
OWN = "t.task_id = %(task_id)s and t.kind = %(kind)s and (t.user_id = %(user_id)s or %(staff)s)"

# Times, numbers and errors in the form of a sync's status.
STATUS = f"""
    select row_to_json(x) from (
        select t.task_id, t.kind, t.action, t.status, t.total, t.processed, t.done, t.skipped, t.errors,
               t.prompt_tokens, t.completion_tokens,
               case when t.total = 0 then case when t.status = 'completed' then 100 else 0 end
                    else t.processed::bigint * 100 / t.total end as progress_percent,
               (select coalesce(json_agg(row_to_json(e)), '[]'::json) from (
                    select e.code, e.error, {_TIME.format("e.created_at", "+00:00")} as timestamp
                      from description_error e where e.task_id = t.id order by e.id limit {SHOWN_ERRORS}
               ) e) as item_errors,
               t.error_message, t.error_message as error_details,
               {_TIME.format("t.created_at", "Z")} as started_at, {_TIME.format("t.completed_at", "Z")} as completed_at
          from description_task t where {OWN}
    ) x
"""  # noqa: S608 - built from constants

# Its rows stay on the list for now: those under way are counted when they end.
CANCEL = f"""
    with cancelled as (
        update description_task t
           set status = 'error', error_message = %(message)s, completed_at = clock_timestamp()
         where {OWN} and t.status in ('fetching', 'processing')
    )
    select 1 from description_task t where {OWN}
"""  # noqa: S608 - built from constants

_DRAFTS = """
      from generated_description g
      join {table} t on t.id = g.row_id
     where g.kind = '{table}' and g.is_draft and not t.is_deleted and {where}
"""
_DRAFT = (
    "select row_to_json(x) from (select t.id, t.{code} as code, t.name,"  # noqa: S608 - a constant
    " (select row_to_json(p) from (select p.id, p.code_1c, p.name from project p where p.id = t.project_id) p)"
    " as project, g.description, t.description as current_description, g.language, g.model, g.prompt_tokens,"
    f" g.completion_tokens, g.seconds, to_char(g.created_at, {TIMESTAMP}) as created_at"
)


def drafts(described: Described, where: str) -> str:
    """The drafts of rows that ``where`` selects, oldest first, each as JSON."""
    head, tail = _parts(described, where)
    return f"{head} {tail} order by g.created_at, t.id limit %(limit)s offset %(offset)s) x"


def draft(described: Described, where: str) -> str:
    head, tail = _parts(described, where)
    return f"{head} {tail}) x"


def count_drafts(described: Described, where: str) -> str:
    return f"select count(*) {_parts(described, where)[1]}"


def _parts(described: Described, where: str) -> tuple[str, str]:
    return _DRAFT.format(code=described.kind.code), _DRAFTS.format(table=described.name, where=where)
