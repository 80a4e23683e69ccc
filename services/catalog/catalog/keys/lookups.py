"""Looks up the keys by which rows are known in their sources, and the rows that have codes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple

from ecatalog.db.sql import Connection, Ident, Sql, compose, execute
from ecatalog.entities.entity import Entity

from catalog.keys.marks import Mark

# Each key and code is looked up by an index whatever the planner believes: inner queries are not merged into the outer.
_KNOWN = """
    select k.key, t.id, t.code, t.is_deleted, r.is_marked, r.hidden_by_base from unnest(%(keys)s::text[]) k(key)
     cross join lateral (
           select row_id, is_marked, hidden_by_base from {refs}
            where project_id = %(project_id)s and base = %(base)s and key = k.key offset 0
       ) r
      left join lateral (
           select id, {code} as code, is_deleted from {table}
            where id = r.row_id and project_id = %(project_id)s offset 0
       ) t on true
"""
_HOLDERS = """
    select c.code, t.id, t.name, t.is_deleted, r.key, r.is_marked, r.hidden_by_base, o.bases
      from unnest(%(codes)s::text[]) c(code)
     cross join lateral (
           select id, name, is_deleted from {table} where {code} = c.code and project_id = %(project_id)s offset 0
       ) t
      left join lateral (
           select key, is_marked, hidden_by_base from {refs}
            where row_id = t.id and project_id = %(project_id)s and base = %(base)s offset 0
       ) r on true
     cross join lateral (
           select array(
               select base from {refs}
                where row_id = t.id and project_id = %(project_id)s and base <> %(base)s order by base
           ) as bases
       ) o
"""


@dataclass(frozen=True)
class KeySpace:
    """Is where keys mean something: the rows of one entity, in one project, as one base knows them."""

    entity: Entity
    project_id: int
    base: str

    @property
    def parameters(self) -> dict[str, Any]:
        return {"project_id": self.project_id, "base": self.base}


class KnownKey(NamedTuple):
    """Is a key that is remembered; there is no row when that is gone, or has moved to another project."""

    row_id: int | None
    code: str
    is_deleted: bool
    mark: Mark


class Holder(NamedTuple):
    """Is the row that has a code: its key in this base, and the other bases in which it has one."""

    row_id: int
    name: str
    is_deleted: bool
    key: str | None
    mark: Mark
    bases: Sequence[str]


def known_of(rows: Sequence[tuple[Any, ...]]) -> dict[str, KnownKey]:
    """Read the rows of :func:`known_sql`, by their keys."""
    return {key: KnownKey(row_id, code or "", bool(hidden), Mark(*mark)) for key, row_id, code, hidden, *mark in rows}


def holders_of(rows: Sequence[tuple[Any, ...]]) -> dict[str, Holder]:
    """Read the rows of :func:`holders_sql`, by their codes."""
    return {
        code: Holder(row_id, name, hidden, key, Mark() if key is None else Mark(marked, by_base), bases)
        for code, row_id, name, hidden, key, marked, by_base, bases in rows
    }


async def known(connection: Connection, space: KeySpace, keys: Collection[str]) -> dict[str, KnownKey]:
    """Return those of the keys that are remembered."""
    if not keys:
        return {}
    cursor = await execute(connection, known_sql(space.entity), space.parameters | {"keys": list(keys)})
    return known_of(await cursor.fetchall())


async def holders(connection: Connection, space: KeySpace, codes: Collection[str]) -> dict[str, Holder]:
    """Return the rows that have one of the codes."""
    if not codes:
        return {}
    cursor = await execute(connection, holders_sql(space.entity), space.parameters | {"codes": list(codes)})
    return holders_of(await cursor.fetchall())


def known_sql(entity: Entity) -> Sql:
    """Select those of ``%(keys)s`` that are remembered, with their rows."""
    return composed(_KNOWN, entity)


def holders_sql(entity: Entity) -> Sql:
    """Select the rows that have one of ``%(codes)s``, with their keys."""
    return composed(_HOLDERS, entity)


@lru_cache
def composed(template: LiteralString, entity: Entity) -> Sql:
    """Compose a statement about the keys of an entity."""
    return compose(template, table=entity.name, refs=Ident(f"{entity.name}_ref"), code=Ident(entity.code))
