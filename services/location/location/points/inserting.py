"""Points are stored many at a time, and each of them once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from psycopg import AsyncConnection
from psycopg.errors import CheckViolation, DataError, DeadlockDetected, UniqueViolation

from location.points.columns import Columns, array
from location.points.sql import statement

TRIES = 5
UNSTORABLE = "This point cannot be stored."


@dataclass(frozen=True, slots=True)
class InsertOutcome:
    """The indexes of points that are not stored now. ``rows`` are the answers of new points, if asked for."""

    repeated: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    rows: dict[int, bytes] = field(default_factory=dict)


async def store(database: Database, points: Columns, *, rows: bool = False) -> InsertOutcome:
    """Store all points that can be, in one transaction that is committed when this returns.

    A point that was stored before, or comes twice here, is not stored again.
    """
    outcome = InsertOutcome()
    indexes = list(range(points.count))
    if "id" in points.values:
        indexes = _once_each(points.values["agent_code"], points.values["id"])
    if len(indexes) < points.count:
        outcome.repeated.update(set(range(points.count)).difference(indexes))
        points = points.chosen(indexes)
    if indexes:
        await _store(database, points, indexes, outcome, rows=rows)
    return outcome


def _once_each(agents: Sequence[str], ids: Sequence[Any]) -> list[int]:
    """Return the first index of each id, and the indexes of points without one."""
    first: dict[Any, int] = {}
    for index, key in enumerate(zip(agents, ids, strict=True)):
        first.setdefault(index if key[1] is None else key, index)
    return list(first.values())


async def _store(
    database: Database, points: Columns, indexes: Sequence[int], outcome: InsertOutcome, *, rows: bool
) -> None:
    try:
        found = await _insert(database, points, rows=rows)
    except DataError:
        if points.count == 1:
            outcome.refused.update(indexes)
            return
        for number, index in enumerate(indexes):
            await _store(database, points.chosen([number]), [index], outcome, rows=rows)
        return
    if rows:
        outcome.rows.update((indexes[number - 1], row) for number, row in found)
        outcome.repeated.update(index for index in indexes if index not in outcome.rows)
    else:
        outcome.repeated.update(indexes[number - 1] for (number,) in found)


async def _insert(database: Database, points: Columns, *, rows: bool) -> list[tuple[Any, ...]]:
    facts = {} if rows else points.facts()
    arrays = {name: array(name, values) for name, values in points.values.items() if name not in facts}
    sql = statement(tuple(sorted(arrays)), tuple(sorted(facts)), rows)
    parameters: dict[str, Any] = arrays | {name: _text(value) for name, value in facts.items()} | {"careful": False}
    async with database.connection() as connection:
        for _ in range(TRIES - 1):
            try:
                return await _fetch(connection, sql, parameters)
            except (DeadlockDetected, CheckViolation):
                # Two statements with rows of several agents may wait for each other; PostgreSQL ends one of them. And a
                # point that waited while its partition was created has chosen the default one, where it no longer fits.
                continue
            except UniqueViolation:
                parameters["careful"] = True
        return await _fetch(connection, sql, parameters)


def _text(value: Any) -> str | None:
    """Write a fact as text, whatever its type: a statement is prepared for the types of its parameters."""
    return None if value is None else str(value)


async def _fetch(connection: AsyncConnection[Any], sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    return await (await execute(connection, sql, parameters)).fetchall()
