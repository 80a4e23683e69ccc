"""Says in SQL which rows lack a description, and what a model gets of one."""

from functools import lru_cache

from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.entities.entity import Entity, Facts
from ecatalog.entities.rendering import LIVE
from sqlalchemy import Numeric

# An editor leaves such a paragraph behind when its text is deleted. What is long is surely no empty one.
_NO_TEXT = compose(
    "(t.description is null or t.description = '' or (length(t.description) < 1000 and"
    r" t.description ~* '^(</?(p|br|div|span)(\s[^>]*)?/?>|&nbsp;|&#160;|\s|\u00a0|\u200b)*$'))"
)
_NO_DRAFT = (
    "not exists (select from generated_description g where g.kind = '{kind}' and g.row_id = t.id and g.is_draft)"
)
_USABLE = compose("{live} and t.is_active", live=LIVE)
PROJECT_CODE = compose("(select p.code_1c from project p where p.id = t.project_id)")


def facts_of(entity: Entity) -> Facts:
    """Return what a model gets of the rows of an entity that can be described."""
    if entity.describes is None:
        raise TypeError(f"no model describes {entity.name}")
    return entity.describes


def has_status(entity: Entity) -> bool:
    """Return whether the row itself shows how far its description is."""
    return "enrichment_status" in entity.table.c


@lru_cache
def facts_sql(entity: Entity) -> Sql:
    """Return SQL for the facts of ``t`` as JSON, without empty ones."""
    parts = [
        compose(
            "'{name}': t.{name}::text" if isinstance(entity.table.c[name].type, Numeric) else "'{name}': t.{name}",
            name=Ident(name),
        )
        for name in facts_of(entity).columns
    ]
    return compose("json_object({parts} absent on null)", parts=join(", ", parts))


def wanted_sql(entity: Entity, *, overwrite: bool) -> Sql:
    """Return the condition of rows to describe: live, active, and without a description or a draft of one."""
    if overwrite:
        return _USABLE
    return compose(
        "{usable} and {no_text} and {no_draft}", usable=_USABLE, no_text=_NO_TEXT, no_draft=no_draft_sql(entity)
    )


def no_draft_sql(entity: Entity) -> Sql:
    """Return the condition of rows without a draft that waits for a decision."""
    return compose(_NO_DRAFT, kind=entity.name)
