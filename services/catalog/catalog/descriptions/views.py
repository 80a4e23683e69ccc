"""How jobs and drafts are shown."""

from ecatalog.entities.rendering import TIMESTAMP
from ecatalog.jobs.claims import HERE
from ecatalog.jobs.status import MESSAGES, OWN_OR_STAFF, TIMES, Shown, view

from catalog.descriptions.kinds import PRODUCTS, Described

_TOKENS = ("prompt_tokens", "completion_tokens")
_NAMES = (
    "task_id", "kind", "action", "status", "total", "processed", "done", "skipped", "errors", *_TOKENS,
    "progress_percent", "item_errors", *MESSAGES, *TIMES,
)  # fmt: skip
_OWN = {
    "kind": "j.args ->> 'kind'",
    "action": "case j.task when 'describe' then 'enrich' else j.task end",
    "done": "j.updated",
} | {name: f"coalesce((j.counters ->> '{name}')::bigint, 0)" for name in _TOKENS}

DESCRIPTIONS = Shown(
    columns=view(_NAMES, own=_OWN, empty_is=100),
    where=f"j.task in ('describe', 'clear') and j.args ->> 'kind' = '{PRODUCTS.name}' and j.queue <> '{HERE}'",
    visible=OWN_OR_STAFF,
)
"""What was asked for about products, in the form of a sync's status."""

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
    return _DRAFT.format(code=described.entity.code), _DRAFTS.format(table=described.name, where=where)
