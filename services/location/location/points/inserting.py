"""Storing points, many at once, each of them once."""

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
    """What became of points, by their places: all others are stored. ``rows`` are the answers of new ones, if asked."""

    repeated: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    rows: dict[int, bytes] = field(default_factory=dict)


async def store(database: Database, points: Columns, *, rows: bool = False) -> InsertOutcome:
    """Store points, all that can be, in one transaction that is committed when this returns.

    What was stored before, or comes twice here, is not stored again.
    """
    outcome = InsertOutcome()
    places = list(range(points.count))
    if "id" in points.values:
        places = _once_each(points.values["agent_code"], points.values["id"])
    if len(places) < points.count:
        outcome.repeated.update(set(range(points.count)).difference(places))
        points = points.chosen(places)
    if places:
        await _store(database, points, places, outcome, rows=rows)
    return outcome


def _once_each(agents: Sequence[str], ids: Sequence[Any]) -> list[int]:
    """The first place of each id, and those of points without one."""
    first: dict[Any, int] = {}
    for place, key in enumerate(zip(agents, ids, strict=True)):
        first.setdefault(place if key[1] is None else key, place)
    return list(first.values())


async def _store(
    database: Database, points: Columns, places: Sequence[int], outcome: InsertOutcome, *, rows: bool
) -> None:
    try:
        found = await _insert(database, points, rows=rows)
    except DataError:
        if points.count == 1:
            outcome.refused.update(places)
            return
        for number, place in enumerate(places):
            await _store(database, points.chosen([number]), [place], outcome, rows=rows)
        return
    if rows:
        outcome.rows.update((places[number - 1], row) for number, row in found)
        outcome.repeated.update(place for place in places if place not in outcome.rows)
    else:
        outcome.repeated.update(places[number - 1] for (number,) in found)


async def _insert(database: Database, points: Columns, *, rows: bool) -> list[tuple[Any, ...]]:
    sql = statement(tuple(sorted(points.values)), rows)
    parameters: dict[str, Any] = {name: array(name, values) for name, values in points.values.items()}
    parameters["careful"] = False
    async with database.connection() as connection:
        for _ in range(TRIES - 1):
            try:
                return await _fetch(connection, sql, parameters)
            except (DeadlockDetected, CheckViolation):
                # Statements that hold rows of several agents may each wait for the other; one is told to try again.
                # What waited for a partition that was being made has chosen the default one, which is no longer its.
                continue
            except UniqueViolation:
                parameters["careful"] = True
        return await _fetch(connection, sql, parameters)


async def _fetch(connection: AsyncConnection[Any], sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    return await (await execute(connection, sql, parameters)).fetchall()
