"""Writes rows: one by a statement of its own, event included, or many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import orjson
import psycopg
from ecatalog.contracts.integration import METADATA_OF_1C
from ecatalog.core.errors import FieldErrors
from ecatalog.db.sql import Connection, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from psycopg.errors import UniqueViolation

from catalog.upsert.entries import add_entries
from catalog.upsert.events import event_parameters, publish_changed
from catalog.upsert.failures import reason
from catalog.upsert.incoming import Incoming, RowOutcome, Status
from catalog.upsert.matching import Keep, NewRows, live_projects, match
from catalog.upsert.statements import METADATA, change_sql, create_sql, delete_sql, remove_sql, revive_sql, write_sql

TRIES = 3
"""A code that somebody else has created meanwhile is matched at most this many times in all."""

Values = dict[str, Any]
"""The columns of an incoming row, as JSON."""


async def create_one(connection: Connection, entity: Entity, values: Values, base: str) -> bytes:
    """Return the new row as its answer, whose addresses begin with ``base``; raises :class:`FieldErrors`."""
    answer = await _insert(connection, entity, values, base)
    return answer or await _create_again(connection, entity, values, base)


async def _create_again(connection: Connection, entity: Entity, values: Values, base: str) -> bytes:
    """Return the row of a deleted code, as a new one; or raise the reason why there is none."""
    project_id = values.get("project_id")
    async with connection.transaction():
        if project_id is not None and not await live_projects(connection, [project_id]):
            raise FieldErrors({"project_id": [no_such_pk(project_id)]})
        answer = await _revive(connection, entity, values, base)
    if answer is None:
        raise FieldErrors({entity.code: [entity.conflict]})
    return answer


async def _insert(connection: Connection, entity: Entity, values: Values, base: str) -> bytes | None:
    parameters = {"row": _json(values)} | event_parameters(entity, base)
    cursor = await execute(connection, create_sql(entity), parameters)
    return _answer(await cursor.fetchone())


async def _revive(connection: Connection, entity: Entity, values: Values, base: str) -> bytes | None:
    if entity.scope:
        removed = await execute(connection, remove_sql(entity, by_id=False), values)
        return await _insert(connection, entity, values, base) if removed.rowcount else None
    parameters = {"row": _json(values), "code": values[entity.code]} | event_parameters(entity, base)
    cursor = await execute(connection, revive_sql(entity), parameters)
    return _answer(await cursor.fetchone())


async def change_one(connection: Connection, entity: Entity, where: Where, values: Values, base: str) -> bytes | None:
    """Change the one live row that ``where`` selects; None when there is not exactly one, or it may not change so."""
    sent = {"row": _json(values), "project_id": values.get("project_id")}
    parameters = where.parameters | sent | event_parameters(entity, base)
    try:
        cursor = await execute(connection, change_sql(entity, where.sql), parameters)
    except UniqueViolation:
        raise FieldErrors({entity.code: [entity.conflict]}) from None
    return _answer(await cursor.fetchone())


async def delete_one(connection: Connection, entity: Entity, where: Where) -> bool:
    """Hide the one live row that ``where`` selects; False when there is not exactly one."""
    parameters = where.parameters | event_parameters(entity)
    deleted = await execute(connection, delete_sql(entity, where.sql), parameters)
    return await deleted.fetchone() is not None


def _answer(row: tuple[int, bytes] | None) -> bytes | None:
    return None if row is None else row[1]


@dataclass
class Written:
    """Holds the ids of created rows by code and scope, those of changed ones, and why others failed, by their index.

    A row that is in none of these is unchanged, or was created by somebody else meanwhile.
    """

    created: dict[tuple[str, int | None], int] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


async def write_chunk(connection: Connection, entity: Entity, rows: Sequence[Values], scope: int) -> Written:
    """Create or change the rows of a source, all of one scope, and publish them.

    A code that somebody else creates meanwhile makes the rows be written by halves, which find it.
    """
    written = Written()
    await _write(connection, entity, rows, scope, written)
    await publish_changed(connection, entity, [*written.created.values(), *written.changed])
    return written


async def write_known(connection: Connection, entity: Entity, rows: Sequence[Values]) -> Written:
    """Create or change rows that are matched: by ``row_id``, those without one being new. The caller publishes them.

    A new row whose code somebody else creates meanwhile is in none of the results.
    """
    written = Written()
    await _write(connection, entity, rows, None, written)
    return written


async def write(
    connection: Connection,
    entity: Entity,
    rows: Sequence[Incoming],
    visible: Where,
    *,
    new: NewRows | None = None,
    keep: Keep | None = None,
) -> list[RowOutcome]:
    """Create or change the rows of a client, and publish them.

    ``visible`` are the rows that the client sees, and so may change; ``keep`` bounds what it may make of them.
    A code that somebody else creates meanwhile is matched again.
    """
    outcomes: list[RowOutcome] = []
    left = list(rows)
    for _ in range(TRIES):
        if not left:
            break
        matched = await match(connection, entity, left, visible, new=new, keep=keep)
        if matched.replaced:
            await execute(connection, remove_sql(entity, by_id=True), {"ids": matched.replaced})
        written = Written()
        await _write(connection, entity, [_values(entity, row) for row in matched.rows], None, written)
        outcomes += chain(matched.refused, _outcomes(matched.rows, written))
        settled = {outcome.position for outcome in outcomes}
        left = [row for row in matched.rows if row.position not in settled]
    outcomes += [RowOutcome(row.position, row.code, "error", errors={entity.code: [entity.conflict]}) for row in left]
    changed = [one.row_id for one in outcomes if one.status in {"created", "updated"} and one.row_id is not None]
    await publish_changed(connection, entity, changed)
    return sorted(outcomes, key=lambda outcome: outcome.position)


def _values(entity: Entity, row: Incoming) -> Values:
    values = row.values | {entity.code: row.code}
    if row.row_id is not None:
        values["row_id"] = row.row_id
    if row.project_id is not None:
        values["project_id"] = row.project_id
    return values


def _outcomes(rows: Sequence[Incoming], written: Written) -> Iterator[RowOutcome]:
    """Give the outcomes of all rows but those that are to be matched again."""
    changed = set(written.changed)
    for index, row in enumerate(rows):
        if error := written.failed.get(index):
            yield RowOutcome(row.position, row.code, "error", errors={"non_field_errors": [error]})
        elif row.row_id is not None:
            status: Status = "updated" if row.row_id in changed else "unchanged"
            yield RowOutcome(row.position, row.code, status, row.row_id)
        elif row_id := written.created.get((row.code, row.project_id)):
            yield RowOutcome(row.position, row.code, "created", row_id)


async def _write(
    connection: Connection, entity: Entity, rows: Sequence[Values], scope: int | None, written: Written, start: int = 0,
    tries: int = TRIES,
) -> None:  # fmt: skip
    """Write rows at once, or by halves down to the one that the database refuses, which fails alone.

    ``start`` is the index of the first. Without ``scope`` they are matched by their ids. A single row is tried again
    when somebody creates its code meanwhile: by then it is found.
    """
    if not rows:
        return
    try:
        async with connection.transaction():
            created, changed = await _write_at_once(connection, entity, rows, scope)
            await add_entries(connection, entity, rows, created, scope)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        if len(rows) == 1 and isinstance(error, UniqueViolation) and tries > 1:
            return await _write(connection, entity, rows, scope, written, start, tries - 1)
        if len(rows) == 1:
            written.failed[start] = reason(error)
            return
        middle = len(rows) // 2
        await _write(connection, entity, rows[:middle], scope, written, start)
        await _write(connection, entity, rows[middle:], scope, written, start + middle)
    else:
        written.created.update(created)
        written.changed += changed


async def _write_at_once(
    connection: Connection, entity: Entity, rows: Sequence[Values], scope: int | None
) -> tuple[dict[tuple[str, int | None], int], list[int]]:
    """Return the ids of the created rows by code and scope, and those of the changed ones."""
    present = {entity.code}.union(*rows)
    has_part = METADATA_OF_1C in present
    if has_part:
        present.add(METADATA)
    by_id = scope is None
    may = entity.written if by_id else entity.sourced
    columns = tuple(name for name in may if name in present and name != entity.scope)
    nulls = [[name for name, value in row.items() if value is None] for row in rows]
    with_nulls = frozenset(chain.from_iterable(nulls)) & set(columns)
    if with_nulls:
        for row, names in zip(rows, nulls, strict=True):
            row["nulls"] = names
    parameters = {"rows": _json(rows), "scope": scope}
    sql = write_sql(entity, columns, with_nulls, by_id=by_id, has_part=has_part)
    cursor = await execute(connection, sql, parameters)
    written = await cursor.fetchone()
    if written is None:
        raise AssertionError("the statement always gives one row")
    ids, codes, scopes, changed, _ = written
    return dict(zip(zip(codes, scopes, strict=True), ids, strict=True)), changed


def _json(values: Any) -> str:
    return orjson.dumps(values, default=str).decode()
