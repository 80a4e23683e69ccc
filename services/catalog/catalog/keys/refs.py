"""Writes the keys by which rows are known in their sources."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ecatalog.db.sql import Connection, execute

from catalog.keys.lookups import KeySpace, composed
from catalog.keys.marks import Mark

TABLES = frozenset({"nomenklatura_ref", "client_ref"})

_FORGET = "delete from {refs} where project_id = %(project_id)s and base = %(base)s and key = any(%(keys)s)"
_WRITE = """
    insert into {refs} (project_id, base, key, row_id, is_marked, hidden_by_base)
    select %(project_id)s::bigint, %(base)s::text, key, row_id, is_marked, hidden_by_base
      from unnest(%(keys)s::text[], %(ids)s::bigint[], %(marked)s::boolean[], %(hidden)s::boolean[])
        as r(key, row_id, is_marked, hidden_by_base)
    on conflict (project_id, base, key) do update
       set row_id = excluded.row_id, is_marked = excluded.is_marked, hidden_by_base = excluded.hidden_by_base
"""
_LOCK = "select pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"


class Ref(NamedTuple):
    """Is a key to be written."""

    key: str
    row_id: int
    mark: Mark


async def forget(connection: Connection, space: KeySpace, keys: Collection[str]) -> None:
    """Remove keys whose rows get another one of the same base."""
    if keys:
        await execute(connection, composed(_FORGET, space.entity), space.parameters | {"keys": list(keys)})


async def write(connection: Connection, space: KeySpace, refs: Sequence[Ref]) -> None:
    """Write keys, each with its row and its mark."""
    if refs:
        columns = {
            "keys": [ref.key for ref in refs],
            "ids": [ref.row_id for ref in refs],
            "marked": [ref.mark.is_marked for ref in refs],
            "hidden": [ref.mark.hidden_by_base for ref in refs],
        }
        await execute(connection, composed(_WRITE, space.entity), space.parameters | columns)


async def lock(connection: Connection, space: KeySpace) -> None:
    """Let one transaction at a time give keys and codes to the rows of a project."""
    await execute(connection, _LOCK, {"name": f"keys:{space.entity.name}:{space.project_id}"})
