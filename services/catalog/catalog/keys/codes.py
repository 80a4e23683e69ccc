"""Changes codes: which changes can be made, and how they are written when rows pass codes on to each other."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ecatalog.db.sql import Connection, Ident, Sql, compose, execute
from ecatalog.entities.entity import Entity

from catalog.keys.failures import CODE_IN_USE, short, the_key
from catalog.keys.lookups import Holder
from catalog.keys.rows import Errors

# A code holds no control character, so nobody else has one like this.
_FREE = "update {table} set {code} = chr(2) || id where id = any(%(ids)s)"
_SET = """
    update {table} t set {code} = n.code, updated_at = now()
      from unnest(%(ids)s::bigint[], %(codes)s::text[]) n(id, code) where t.id = n.id
"""
_HOLD = "select from {table} where id = any(%(ids)s) order by {code}, id for update"


class CodeChange(NamedTuple):
    """Is the row at a position of a chunk, whose stored code ``old`` becomes ``new``."""

    position: int
    row_id: int
    old: str
    new: str


def impossible(changes: Sequence[CodeChange], holders: Mapping[str, Holder]) -> Errors:
    """Say which changes cannot be made, because somebody has the code and keeps it.

    A row whose change fails keeps its code as well, and so the one that was to get this code fails too.
    """
    leaving = {change.row_id for change in changes}
    followers = {change.new: change for change in changes}
    stuck = [one for one in changes if (holder := holders.get(one.new)) and holder.row_id not in leaving]
    problems: Errors = {}
    while stuck:
        change = stuck.pop()
        holder = holders[change.new]
        problems[change.position] = CODE_IN_USE.format(
            code=short(change.new), name=short(holder.name), key=the_key(holder.key), old=short(change.old)
        )
        follower = followers.get(change.old)
        if follower and follower.position not in problems:
            stuck.append(follower)
    return problems


async def hold(connection: Connection, entity: Entity, ids: Iterable[int]) -> None:
    """Lock rows in the order of their codes, as all who write several rows do: nobody ends in a deadlock.

    Whoever changes codes writes some rows before the others, and so holds all of them first.
    """
    await execute(connection, _composed(entity)[0], {"ids": list(ids)})


async def rename(connection: Connection, entity: Entity, changes: Sequence[CodeChange]) -> None:
    """Write new codes; those that another row of these is to get are freed first."""
    _, free, assign = _composed(entity)
    wanted = {change.new for change in changes}
    passed_on = [change.row_id for change in changes if change.old in wanted]
    if passed_on:
        await execute(connection, free, {"ids": passed_on})
    parameters = {"ids": [change.row_id for change in changes], "codes": [change.new for change in changes]}
    await execute(connection, assign, parameters)


@lru_cache
def _composed(entity: Entity) -> tuple[Sql, Sql, Sql]:
    """Compose the statements that hold rows, free codes and set them."""
    table, code = entity.name, Ident(entity.code)
    return (
        compose(_HOLD, table=table, code=code),
        compose(_FREE, table=table, code=code),
        compose(_SET, table=table, code=code),
    )
