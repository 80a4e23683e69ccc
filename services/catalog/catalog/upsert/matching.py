"""Finds the stored row that each incoming row means, and decides what becomes of one that is deleted.

A row is named by its code within its project; a project by its code alone. Rows that are deleted are hidden, and keep
their codes:

====================================  ================================  ==================================
a deleted row whose code comes        client or product                 project
====================================  ================================  ==================================
by ``POST``                           is removed; the new row has a     keeps its id and is new in all
                                      new id, so that nothing which     else: values, times, and pictures
                                      others keep by the old one        up to now are left behind
                                      comes back
by many rows of JSON or a workbook    is removed; the new row has a     comes back; what was not sent keeps
                                      new id, as by ``POST``            its value
by 1C                                 stays itself, with all that was   1C sends none
                                      not sent; hidden or not as its
                                      delete mark says, if it has one
by ``PUT`` or ``PATCH``               does not exist                    does not exist
====================================  ================================  ==================================
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from ecatalog.core.errors import FieldErrors
from ecatalog.db.sql import Connection, Ident, Sql, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from ecatalog.http.body import REQUIRED

from catalog.entities.errors import SEVERAL
from catalog.upsert.failures import AGAIN
from catalog.upsert.incoming import Incoming, RowOutcome

NewRows = Mapping[str, Any]
"""New rows get these values for fields that were not given, before the defaults; their name is then their code."""

_LIVE_PROJECTS = "select id from project where id = any(%(ids)s) and not is_deleted"


class Keep(Protocol):
    """Refuses, by :class:`FieldErrors`, values that the client may not write; it may add some to those of a new row."""

    def __call__(self, values: dict[str, Any], *, is_new: bool) -> None: ...


class Stored(NamedTuple):
    """Is a stored row whose code came."""

    row_id: int
    project_id: int | None
    is_deleted: bool
    is_visible: bool


class Matched(NamedTuple):
    """Holds rows that can be written, those that cannot, and deleted rows whose codes are used again."""

    rows: list[Incoming]
    refused: list[RowOutcome]
    replaced: list[int]


async def match(
    connection: Connection,
    entity: Entity,
    rows: Sequence[Incoming],
    visible: Where,
    *,
    new: NewRows | None,
    keep: Keep | None,
) -> Matched:
    """Match each row with the stored row that it means; without ``new`` a new row needs a name."""
    stored = await _stored(connection, entity, rows, visible)
    projects = await live_projects(connection, {row.project_id for row in rows if row.project_id is not None})
    matched = Matched([], [], [])
    for row in rows:
        try:
            if keep:
                keep(row.values, is_new=False)  # first, so that the answer does not tell what there is
            _match_one(entity, row, stored[row.code], projects, matched.replaced, new=new)
            if keep and row.row_id is None:
                keep(row.values, is_new=True)
            matched.rows.append(row)
        except FieldErrors as error:
            matched.refused.append(RowOutcome(row.position, row.code, "error", errors=error.body))
    return _last_of_each(entity, matched)


def _match_one(
    entity: Entity, row: Incoming, stored: list[Stored], projects: set[int], replaced: list[int], *, new: NewRows | None
) -> None:
    """Set the id of the stored row; raises :class:`FieldErrors`."""
    if row.project_id is not None and row.project_id not in projects:
        raise FieldErrors({"project_id": [no_such_pk(row.project_id)]})
    meant = _meant(row, stored)
    if meant is not None and not meant.is_deleted and not meant.is_visible:
        raise FieldErrors({entity.code: [entity.conflict]})
    if meant is not None and meant.is_deleted:
        row.values.setdefault("is_deleted", False)
    if meant is not None and not (meant.is_deleted and entity.scope):
        row.row_id = meant.row_id
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
        live = [one for one in stored if one.is_visible and not one.is_deleted]
        if len(live) > 1:
            raise FieldErrors({"project_id": [SEVERAL]})
        if live:
            return live[0]
    return next((one for one in stored if one.project_id == row.project_id), None)


def _last_of_each(entity: Entity, matched: Matched) -> Matched:
    """Keep the last of the rows that mean the same one."""
    last: dict[Any, Incoming] = {}
    refused = matched.refused
    for row in matched.rows:
        key = row.row_id or (row.code, row.project_id)
        if earlier := last.pop(key, None):
            message = AGAIN.format(row.position)
            refused.append(RowOutcome(earlier.position, earlier.code, "error", errors={entity.code: [message]}))
        last[key] = row
    return Matched(list(last.values()), refused, matched.replaced)


async def _stored(
    connection: Connection, entity: Entity, rows: Sequence[Incoming], visible: Where
) -> defaultdict[str, list[Stored]]:
    codes = list({row.code for row in rows})
    sql = _stored_sql(entity, visible.sql)
    cursor = await execute(connection, sql, visible.parameters | {"codes": codes})
    stored: defaultdict[str, list[Stored]] = defaultdict(list)
    for position, *found in await cursor.fetchall():
        stored[codes[position - 1]].append(Stored(*found))
    return stored


@lru_cache(maxsize=256)
def _stored_sql(entity: Entity, visible: Sql) -> Sql:
    """Select the stored rows with the codes ``%(codes)s``, each with the position of its code.

    They are looked up by the index whatever the planner believes: the inner query is not merged into the outer one.
    """
    return compose(
        "select c.position, t.id, t.project_id, t.is_deleted, t.visible"
        " from unnest(%(codes)s::text[]) with ordinality c(code, position)"
        " cross join lateral (select t.id, {project} as project_id, t.is_deleted, ({visible}) as visible"
        " from {table} t where t.{code} = c.code offset 0) t",
        project=compose("t.{scope}", scope=Ident(entity.scope)) if entity.scope else compose("null::bigint"),
        visible=visible, table=entity.name, code=Ident(entity.code),
    )  # fmt: skip


async def live_projects(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Return those of the ids that are of projects which exist and are not deleted."""
    wanted = list(ids)
    if not wanted:
        return set()
    cursor = await execute(connection, _LIVE_PROJECTS, {"ids": wanted})
    return {project_id for (project_id,) in await cursor.fetchall()}
