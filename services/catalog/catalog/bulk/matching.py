"""Which stored row each incoming row means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ecatalog.core.errors import FieldErrors
from ecatalog.db.sql import execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from ecatalog.http.body import REQUIRED

from catalog.bulk.incoming import Incoming, RowOutcome
from catalog.entities.errors import SEVERAL
from catalog.rows import Connection

AGAIN = "This code comes again in row {}, and that row counts."


NewRows = Mapping[str, Any]
"""What new rows get for fields that were not given, before the defaults; their name is then their code."""


class Keep(Protocol):
    """Refuses, by :class:`FieldErrors`, values that the client may not write; it may add some to those of a new row."""

    def __call__(self, values: dict[str, Any], *, is_new: bool) -> None: ...


class Stored(NamedTuple):
    row_id: int
    project_id: int | None
    is_deleted: bool
    visible: bool


class Matched(NamedTuple):
    """Rows that can be written, those that cannot, and the hidden rows whose codes are used again."""

    rows: list[Incoming]
    refused: list[RowOutcome]
    replaced: list[int]


# By the index whatever the planner believes: the inner query is not merged into the outer one.
_STORED = """
    select c.place, t.id, t.project_id, t.is_deleted, t.visible
      from unnest(%(codes)s::text[]) with ordinality c(code, place)
     cross join lateral (
        select t.id, {project} as project_id, t.is_deleted, ({visible}) as visible
          from {table} t where t.{code} = c.code offset 0
     ) t
"""
_PROJECTS = "select id from project where id = any(%s) and not is_deleted"


async def match(
    connection: Connection,
    entity: Entity,
    rows: Sequence[Incoming],
    seen: Where,
    *,
    new: NewRows | None,
    keep: Keep | None,
) -> Matched:
    """Find the stored row of each; without ``new`` a new row needs a name."""
    stored = await _stored(connection, entity, rows, seen)
    projects = await _projects(connection, rows)
    matched = Matched([], [], [])
    for row in rows:
        try:
            if keep:
                keep(row.values, is_new=False)  # first, so that the answer does not tell what there is
            _match_one(entity, row, stored[row.code], projects, matched.replaced, new=new)
            if keep and row.found is None:
                keep(row.values, is_new=True)
            matched.rows.append(row)
        except FieldErrors as error:
            matched.refused.append(RowOutcome(row.place, row.code, "error", errors=error.body))
    return _last_of_each(entity, matched)


def _match_one(
    entity: Entity, row: Incoming, stored: list[Stored], projects: set[int], replaced: list[int], *, new: NewRows | None
) -> None:
    """Set what the row means; raises :class:`FieldErrors`."""
    if row.project_id is not None and row.project_id not in projects:
        raise FieldErrors({"project_id": [no_such_pk(row.project_id)]})
    meant = _meant(row, stored)
    if meant is not None and not meant.is_deleted and not meant.visible:
        raise FieldErrors({entity.code: [entity.conflict]})
    if meant is not None and meant.is_deleted:
        row.values.setdefault("is_deleted", False)
    if meant is not None and not (meant.is_deleted and entity.scope):
        row.found = meant.row_id
        return
    if "name" not in row.values:
        if new is None:
            raise FieldErrors({"name": [REQUIRED]})
        row.values["name"] = row.code
    row.values.update({name: value for name, value in (new or {}).items() if name not in row.values})
    if meant is not None:
        replaced.append(meant.row_id)


def _meant(row: Incoming, stored: list[Stored]) -> Stored | None:
    if row.any_project:
        live = [one for one in stored if one.visible and not one.is_deleted]
        if len(live) > 1:
            raise FieldErrors({"project_id": [SEVERAL]})
        if live:
            return live[0]
    return next((one for one in stored if one.project_id == row.project_id), None)


def _last_of_each(entity: Entity, matched: Matched) -> Matched:
    """Of rows that mean the same one the last stays."""
    last: dict[Any, Incoming] = {}
    refused = matched.refused
    for row in matched.rows:
        key = row.found or (row.code, row.project_id)
        if earlier := last.pop(key, None):
            message = AGAIN.format(row.place)
            refused.append(RowOutcome(earlier.place, earlier.code, "error", errors={entity.code: [message]}))
        last[key] = row
    return Matched(list(last.values()), refused, matched.replaced)


async def _stored(
    connection: Connection, entity: Entity, rows: Sequence[Incoming], seen: Where
) -> defaultdict[str, list[Stored]]:
    codes = list({row.code for row in rows})
    project = "t.project_id" if entity.scope else "null::bigint"
    sql = _STORED.format(project=project, visible=seen.sql, table=entity.name, code=entity.code)
    cursor = await execute(connection, sql, seen.parameters | {"codes": codes})
    stored: defaultdict[str, list[Stored]] = defaultdict(list)
    for place, *found in await cursor.fetchall():
        stored[codes[place - 1]].append(Stored(*found))
    return stored


async def _projects(connection: Connection, rows: Iterable[Incoming]) -> set[int]:
    wanted = list({row.project_id for row in rows if row.project_id is not None})
    if not wanted:
        return set()
    cursor = await execute(connection, _PROJECTS, [wanted])
    return {project_id for (project_id,) in await cursor.fetchall()}
