"""Holds the SQL that shows jobs and drafts."""

from typing import LiteralString

from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, Sql, compose
from ecatalog.entities.entity import Entity
from ecatalog.jobs.claims import HERE
from ecatalog.jobs.status import MESSAGES, OWN_OR_STAFF, TIMES, Shown, view

from catalog.entities.nomenklatura import NOMENKLATURA

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
    where=f"j.task in ('describe', 'clear') and j.args ->> 'kind' = '{NOMENKLATURA.name}' and j.queue <> '{HERE}'",
    visible=OWN_OR_STAFF,
)
"""These are the jobs about products, in the form of a sync's status."""

_DRAFTS = """
      from generated_description g
      join {table} t on t.id = g.row_id
     where g.kind = '{table}' and g.is_draft and not t.is_deleted and {where}
"""
_DRAFT = """
    select row_to_json(x) from (
        select t.id, t.{code} as code, t.name,
               (select row_to_json(p) from (select p.id, p.code_1c, p.name from project p where p.id = t.project_id) p)
                   as project,
               g.description, t.description as current_description, g.language, g.model, g.prompt_tokens,
               g.completion_tokens, g.seconds, to_char(g.created_at, {format}) as created_at
        {drafts}{page}) x
"""
_PAGE = " order by g.created_at, t.id limit %(limit)s offset %(offset)s"


def drafts(entity: Entity, where: Sql) -> Sql:
    """Return SQL for the drafts of rows that ``where`` selects, oldest first, each as JSON."""
    return _rendered(entity, where, _PAGE)


def draft(entity: Entity, where: LiteralString) -> Sql:
    return _rendered(entity, compose(where), "")


def count_drafts(entity: Entity, where: Sql) -> Sql:
    return compose("select count(*) {drafts}", drafts=_drafts(entity, where))


def _rendered(entity: Entity, where: Sql, page: LiteralString) -> Sql:
    drafts = _drafts(entity, where)
    return compose(_DRAFT, code=Ident(entity.code), format=TIMESTAMP, drafts=drafts, page=compose(page))


def _drafts(entity: Entity, where: Sql) -> Sql:
    return compose(_DRAFTS, table=entity.name, where=where)
