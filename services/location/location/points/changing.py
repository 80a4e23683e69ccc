"""A point is changed or hidden together with its counts and the current position of its agent."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from ecatalog.core.errors import FieldErrors, NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, execute, join
from ecatalog.entities.filters import Where
from psycopg import AsyncConnection
from psycopg.errors import DataError, UniqueViolation

from location.points.checking import TYPES
from location.points.filters import POINTS
from location.points.inserting import UNSTORABLE
from location.points.renewing import renew
from location.points.suspicion import reason_sql

Connection = AsyncConnection[Any]

TWICE = "This agent has a point at this time and place already."

_COLUMNS = join(", ", [Ident(name) for name in TYPES if name != "id"])
_PLACE = compose(
    "t.agent_code, t.region, (t.fixed_at at time zone current_setting('timezone'))::date, not t.is_deleted"
)
_FIND = "select {place}, t.id, t.fixed_at from location_point t where {where} for update"
_CHANGE = compose(
    """
    with t as (
        update location_point u set ({columns}, fixed_at, suspect_reason, updated_at) = (
            select {columns}, f.moment, {reason}, clock_timestamp()
              from jsonb_populate_record(u, %(row)s::jsonb) r, lateral (
                  select case when %(timed)s then coalesce(r.logged_at, u.created_at) else u.fixed_at end as moment
              ) f
        ) where u.id = %(id)s and u.fixed_at = %(fixed_at)s returning *
    )
    select {place}, row_to_json(x) from t, lateral (select {fields}) x
    """,
    columns=_COLUMNS,
    reason=reason_sql("f.moment", "u.created_at", "r.latitude", "r.longitude"),
    place=_PLACE,
    fields=POINTS.fields,
)
_COUNT_DAY = """
    insert into agent_day as d (region, day, agent_code, points) values (%(region)s, %(day)s, %(agent)s, %(by)s)
    on conflict (region, day, agent_code) do update set points = d.points + excluded.points
"""
_LOCK = """
    insert into agent_position as p (agent_code, points) values (%(agent)s, %(by)s)
    on conflict (agent_code) do update set points = p.points + excluded.points
"""


class PointKey(NamedTuple):
    """The agent, region and day that count a point, while it is live."""

    agent: str
    region: str
    day: Any
    live: bool


async def change(database: Database, where: Where, values: Mapping[str, Any]) -> bytes:
    """Change a row and return it as JSON. Raises NotFound when ``where`` selects none."""
    async with database.transaction() as connection:
        *before, point_id, fixed_at = await _found(connection, where)
        row = orjson.dumps(dict(values), default=str).decode()
        parameters = {"row": row, "id": point_id, "fixed_at": fixed_at, "timed": "logged_at" in values}
        try:
            changed = await (await execute(connection, _CHANGE, parameters)).fetchone()
        except UniqueViolation:
            raise FieldErrors({"non_field_errors": [TWICE]}) from None
        except DataError:
            raise FieldErrors({"non_field_errors": [UNSTORABLE]}) from None
        if changed is None:
            raise NotFound
        *after, answer = changed
        await _follow(connection, PointKey(*before), PointKey(*after))
    return bytes(answer)


async def _found(connection: Connection, where: Where) -> tuple[Any, ...]:
    where.add(POINTS.live)
    cursor = await execute(connection, compose(_FIND, place=_PLACE, where=where.sql), where.parameters)
    row: tuple[Any, ...] | None = await cursor.fetchone()
    if row is None:
        raise NotFound
    return row


async def _follow(connection: Connection, before: PointKey, after: PointKey) -> None:
    """Lock agents in the order of their codes, as inserts do, and count anew."""
    for agent in sorted({before.agent, after.agent}):
        by = (after.agent == agent and after.live) - (before.agent == agent)
        await execute(connection, _LOCK, {"agent": agent, "by": by})
        await renew(connection, [agent])
    for key, by in ((before, -1), (after, int(after.live))):
        if by:
            parameters = {"region": key.region, "day": key.day, "agent": key.agent, "by": by}
            await execute(connection, _COUNT_DAY, parameters)
