"""Composes the statements that write rows, each once for a shape."""

from functools import lru_cache

from ecatalog.contracts.integration import METADATA_OF_1C
from ecatalog.db.sql import Ident, Sql, compose, join
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import TRUE

from catalog.upsert import fragments as f

_SHAPES = 256
METADATA = "metadata"
Names = dict[str, Sql | Ident]

_CREATE = "with " + ", ".join((f.CREATED, f.EVENT)) + " {answer}"
_CHANGE = "with " + ", ".join((f.NAMED, f.CHANGED, f.EVENT)) + " {answer}"
_WRITE = "with " + ", ".join((f.INCOMING, f.MATCHED, f.LOCKED, f.UPDATED, f.INSERTED)) + f.OUTCOME
_REMOVE = "delete from {table} where {condition} and is_deleted"
_LIVE = "not u.is_deleted"
_MAY_MOVE = _LIVE + " and (u.{scope} = {project} or {is_live})"


@lru_cache(maxsize=_SHAPES)
def create_sql(entity: Entity) -> Sql:
    """Insert ``%(row)s`` (JSON) and give its id and answer; nothing when its code is in use or its project unknown."""
    names = _one(entity)
    allowed = compose(f.LIVE_PROJECT, project=compose("r.{scope}", **names)) if entity.scope else TRUE
    return compose(_CREATE, **names, allowed=allowed)


@lru_cache(maxsize=_SHAPES)
def change_sql(entity: Entity, where: Sql) -> Sql:
    """Write ``%(row)s`` over the one live row that ``where`` selects, and give its id and answer."""
    names, project = _one(entity), compose("%(project_id)s::bigint")
    is_live = compose(f.LIVE_PROJECT, project=project)
    allowed = compose(_MAY_MOVE if entity.scope else _LIVE, **names, project=project, is_live=is_live)
    return compose(_CHANGE, **names, where=where, assigned=compose(f.SENT, **names), allowed=allowed)


@lru_cache(maxsize=_SHAPES)
def delete_sql(entity: Entity, where: Sql) -> Sql:
    """Hide the one live row that ``where`` selects, and give its id."""
    names = _one(entity) | {"answer": compose("select t.id from t")}
    return compose(_CHANGE, **names, where=where, assigned=compose(f.HIDDEN), allowed=compose(_LIVE))


@lru_cache(maxsize=_SHAPES)
def revive_sql(entity: Entity) -> Sql:
    """Make ``%(row)s`` of the deleted row with the code ``%(code)s``, and give its id and answer."""
    names = _one(entity)
    where = compose("t.{code} = %(code)s and t.is_deleted", **names)
    return compose(_CHANGE, **names, where=where, assigned=compose(f.RENEWED, **names), allowed=compose("u.is_deleted"))


@lru_cache(maxsize=_SHAPES)
def remove_sql(entity: Entity, *, by_id: bool) -> Sql:
    """Delete the hidden rows ``%(ids)s``, or the one of a code and its scope: their codes are used again."""
    by_code = "{code} = %({code})s and {scope} is not distinct from %({scope})s"
    names = _names(entity)
    return compose(_REMOVE, **names, condition=compose("id = any(%(ids)s)" if by_id else by_code, **names))


@lru_cache(maxsize=_SHAPES)
def write_sql(
    entity: Entity, columns: tuple[str, ...], nulls: frozenset[str], *, by_id: bool, has_part: bool = False
) -> Sql:
    """Insert or update the rows ``%(rows)s`` (JSON): by their ids, those without one being new, or by their codes
    within ``%(scope)s``.

    ``columns`` are those that at least one row has, the code among them; ``nulls`` those that a row sets to null.
    With ``has_part`` some rows say a part of the metadata. Gives the ids, codes and scopes of the created rows, and the
    ids of the changed ones.
    """
    names = _names(entity)
    own = [entity.scope, *columns] if entity.scope else [*columns]
    written = [name for name in columns if name != entity.code] or [entity.code]
    values = [f.new_value(name, entity, nulls) for name in own]
    defined = [compose("{name} {type}", name=Ident(name), type=entity.types[name]) for name in own]
    if by_id:
        defined.append(compose("row_id bigint"))
    else:
        values[0] = compose("%(scope)s")
        del defined[0]
    if nulls:
        defined.append(compose("nulls text[]"))
    merged = {name: f.merged(name, nulls) for name in written}
    if has_part:
        defined.append(compose("{name} jsonb", name=Ident(METADATA_OF_1C)))
        merged[METADATA] = f.with_part_of_1c(merged[METADATA])
        values[own.index(METADATA)] = f.with_part_of_1c(values[own.index(METADATA)])
    return compose(
        _WRITE,
        **names | {part: compose(template, **names) for part, template in (f.BY_ID if by_id else f.BY_CODE).items()},
        definition=join(", ", defined),
        inserted=join(", ", map(Ident, own)),
        values=join(", ", values),
        written=join(", ", map(Ident, written)),
        current=join(", ", [compose("t.{name}", name=Ident(name)) for name in written]),
        merged=join(", ", merged.values()),
        assigned=join(", ", [compose("{name} = {value}", name=Ident(name), value=merged[name]) for name in written]),
    )


def _names(entity: Entity) -> Names:
    """Name the table, its columns, the answer and the row of the event, as the parts of statements do."""
    return {
        "table": entity.name, "code": Ident(entity.code), "answer": entity.answer_sql, "row": entity.event_row_sql,
        "scope": Ident(entity.scope) if entity.scope else compose("null::bigint"), "unique": entity.unique,
        "columns": entity.columns,
    }  # fmt: skip


def _one(entity: Entity) -> Names:
    """Add the event of the row ``t``."""
    names = _names(entity)
    rows = compose("json_build_array({row})", **names)
    return names | {"key": compose("t.id"), "rows": rows, "source": compose("t")}
