"""Writing many rows at once: set-based, telling others of what changed, and the fate of each row to the caller."""

from collections.abc import Iterable, Sequence
from itertools import chain

import orjson
import psycopg
from ecatalog.db.sql import execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where

from catalog.bulk.incoming import Incoming, RowOutcome
from catalog.bulk.matching import Keep, NewRows, match
from catalog.bulk.statement import write_sql
from catalog.chunks.failures import reason
from catalog.chunks.upsert import NULLS
from catalog.publishing import publish_changed
from catalog.rows import Connection

TRIES = 3


async def write(
    connection: Connection,
    entity: Entity,
    rows: Sequence[Incoming],
    seen: Where,
    *,
    new: NewRows | None = None,
    keep: Keep | None = None,
) -> list[RowOutcome]:
    """Create or change the rows in the transaction of ``connection``; a row that cannot be written fails alone.

    ``seen`` are the rows that the client may see, and so change; ``keep`` bounds what it may make of them.
    A code that somebody else creates at the same moment is tried again.
    """
    outcomes: list[RowOutcome] = []
    left = list(rows)
    for _ in range(TRIES):
        if not left:
            break
        matched = await match(connection, entity, left, seen, new=new, keep=keep)
        outcomes += matched.refused
        await _remove_hidden(connection, entity, matched.replaced)
        written = await _write(connection, entity, matched.rows)
        outcomes += written
        done = {outcome.place for outcome in written}
        left = [row for row in matched.rows if row.place not in done]
    outcomes += [RowOutcome(row.place, row.code, "error", errors={entity.code: [entity.conflict]}) for row in left]
    changed = [one.row_id for one in outcomes if one.status in {"created", "updated"} and one.row_id is not None]
    await publish_changed(connection, entity, changed)
    return sorted(outcomes, key=lambda outcome: outcome.place)


async def _remove_hidden(connection: Connection, entity: Entity, ids: list[int]) -> None:
    """Free the codes of deleted rows; what others keep by their old ids does not come back."""
    if ids:
        sql = f"delete from {entity.name} where id = any(%s) and is_deleted"  # noqa: S608 - a declared table
        await execute(connection, sql, [ids])


async def _write(connection: Connection, entity: Entity, rows: Sequence[Incoming]) -> list[RowOutcome]:
    """Write the rows at once, or by halves down to the one that the database refuses."""
    if not rows:
        return []
    try:
        async with connection.transaction():
            return await _upsert(connection, entity, rows)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        if len(rows) == 1:
            refused = {"non_field_errors": [reason(error)]}
            return [RowOutcome(rows[0].place, rows[0].code, "error", errors=refused)]
        middle = len(rows) // 2
        first = await _write(connection, entity, rows[:middle])
        return first + await _write(connection, entity, rows[middle:])


async def _upsert(connection: Connection, entity: Entity, rows: Sequence[Incoming]) -> list[RowOutcome]:
    present = {entity.code}.union(*(row.values for row in rows))
    columns = tuple(name for name in entity.written if name in present and name != "project_id")
    nulls = [_nulls(row) for row in rows]
    sql = write_sql(entity, columns, frozenset(chain.from_iterable(nulls)))
    body = orjson.dumps([_payload(entity, *one) for one in zip(rows, nulls, strict=True)], default=str)
    cursor = await execute(connection, sql, {"rows": body.decode()})
    answer = await cursor.fetchone()
    if answer is None:
        raise AssertionError("the statement always gives one row")
    created = {(code, project_id): row_id for row_id, code, project_id in orjson.loads(answer[0])}
    return list(_outcomes(rows, created, set(answer[1])))


def _outcomes(
    rows: Sequence[Incoming], created: dict[tuple[str, int | None], int], changed: set[int]
) -> Iterable[RowOutcome]:
    for row in rows:
        if row.found is not None:
            yield RowOutcome(row.place, row.code, "updated" if row.found in changed else "unchanged", row.found)
        elif (row.code, row.project_id) in created:
            yield RowOutcome(row.place, row.code, "created", created[row.code, row.project_id])


def _payload(entity: Entity, row: Incoming, nulls: list[str]) -> dict[str, object]:
    own = {entity.code: row.code, "found": row.found, "project_id": row.project_id, NULLS: nulls}
    return row.values | own


def _nulls(row: Incoming) -> list[str]:
    return [name for name, value in row.values.items() if value is None]
