"""Storing points: one statement for many, which also moves current positions and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from ecatalog.db import Database, execute
from psycopg import AsyncConnection
from psycopg.errors import DataError, DeadlockDetected
from sqlalchemy.dialects import postgresql

from location.points.filters import POINTS, TABLE

Values = dict[str, Any]
"""The columns of a point that were sent; ``id`` is the sender's."""

FUTURE = "interval '1 day'"
"""How far ahead of its arrival a fix may be, by a wrong clock, and still become an agent's current position."""

TRIES = 5
UNSTORABLE = "This point cannot be stored."
SHOWN = ("latitude", "longitude", "region", "accuracy", "speed", "heading", "battery_level")
NAMES = ("agent_name", "agent_phone")

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
_TYPES = {column.name: column.type.compile(_DIALECT) for column in TABLE.__table__.columns if column.name != "metadata"}
_TYPES |= {"id": "uuid", "metadata": "jsonb"}
_NEVER_NULL = {column.name for column in TABLE.__table__.columns if not column.nullable}
_NEWER = (
    "(excluded.fixed_at is not null and"
    " (p.fixed_at is null or (excluded.fixed_at, excluded.point_id) > (p.fixed_at, p.point_id)))"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a point. ``row`` is its answer, where rows were asked for and it is new."""

    stored: bool
    row: bytes | None = None
    refused: str = ""


async def store(database: Database, points: Sequence[Values], *, rows: bool = False) -> list[Outcome]:
    """Store points, all that can be, in one transaction that is committed when this returns.

    What was stored before, or comes twice here, is not stored again.
    """
    known: set[tuple[str, UUID]] = set()
    chosen = []
    for number, point in enumerate(points):
        key = (point["agent_code"], point["id"]) if point.get("id") else None
        if key is None or key not in known:
            chosen.append(number)
        if key is not None:
            known.add(key)
    outcomes = [Outcome(stored=False)] * len(points)
    stored = await _store(database, [points[number] for number in chosen], rows=rows)
    for number, outcome in zip(chosen, stored, strict=True):
        outcomes[number] = outcome
    return outcomes


async def _store(database: Database, points: Sequence[Values], *, rows: bool) -> list[Outcome]:
    try:
        return await _insert(database, points, rows=rows)
    except DataError:
        if len(points) == 1:
            return [Outcome(stored=False, refused=UNSTORABLE)]
    return [(await _store(database, [point], rows=rows))[0] for point in points]


async def _insert(database: Database, points: Sequence[Values], *, rows: bool) -> list[Outcome]:
    if not points:
        return []
    columns = tuple(sorted({name for point in points for name in point}))
    if "metadata" in columns:
        points = [point if "metadata" in point else point | {"metadata": {}} for point in points]
    parameters = {"points": orjson.dumps(points, default=str).decode()}
    sql = statement(columns, rows)
    async with database.read() as connection:
        found = await _patiently(connection, sql, parameters)
    new = {row[0] - 1: row[1] for row in found}
    return [Outcome(number in new, new.get(number)) for number in range(len(points))]


async def _patiently(connection: AsyncConnection[Any], sql: str, parameters: Values) -> list[tuple[Any, ...]]:
    """Two statements that hold rows of several agents may each wait for the other; one is then told to try again."""
    for _ in range(TRIES - 1):
        try:
            return await (await execute(connection, sql, parameters)).fetchall()
        except DeadlockDetected:
            continue
    return await (await execute(connection, sql, parameters)).fetchall()


@lru_cache(maxsize=200)
def statement(columns: tuple[str, ...], rows: bool) -> str:
    """Insert points of which these columns were sent; gives the place of each new one, and its answer if asked."""
    sent = dict.fromkeys([*columns, "id", "logged_at"])
    typed = ", ".join(f'"{name}" {_TYPES[name]}' for name in sent)
    written = [name for name in sent if name != "id"]
    return _INSERT.format(
        typed=typed,
        names=", ".join(written),
        values=", ".join(_value(name) for name in written),
        seen=_SEEN if "id" in columns else "",
        fresh=_FRESH if "id" in columns else "true",
        shown=_ROW if rows else "null",
        position=_POSITION,
        future=FUTURE,
    )


def _value(name: str) -> str:
    default = TABLE.__table__.c[name].default if name in _NEVER_NULL else None
    if default is None:
        return f"g.{name}"
    value = default.arg
    return f"coalesce(g.{name}, {str(value).lower() if isinstance(value, bool) else repr(value)})"


_ROW = f"(select row_to_json(x) from (select {POINTS.fields}) x)"  # noqa: S608 - built from declarations
_SEEN = """
seen as (
    insert into location_seen (agent_code, client_id, fixed_at)
    select agent_code, given_id, fixed_at from g where given_id is not null order by agent_code, given_id
    on conflict do nothing returning agent_code, client_id
),"""
_FRESH = (
    "(given_id is null or exists (select from seen s where s.agent_code = g.agent_code and s.client_id = given_id))"
)

_POSITION = ", ".join(
    [
        "points = p.points + excluded.points",
        f"unpublished = p.unpublished or {_NEWER}",
        *(
            f"{name} = case when {_NEWER} then excluded.{name} else p.{name} end"
            for name in ("point_id", "fixed_at", *SHOWN)
        ),
        *(
            f"{name} = case when {_NEWER} and excluded.{name} <> '' or p.{name} = '' then excluded.{name}"
            f" else p.{name} end"
            for name in NAMES
        ),
    ]
)

_INSERT = """
with g as materialized (
    select nextval('location_point_id_seq') as new_id, ordinality as place, clock.now as arrived,
           coalesce(logged_at, clock.now) as fixed_at, id as given_id,
           coalesce(id, case when logged_at is null then uuidv7() end) as client_id, r.*
      from rows from (json_to_recordset(%(points)s::json) as ({typed})) with ordinality r,
           (select clock_timestamp() as now) clock
),{seen}
t as (
    insert into location_point (id, fixed_at, client_id, created_at, updated_at, {names})
    select new_id, fixed_at, client_id, arrived, arrived, {values} from g where {fresh}
     order by agent_code, fixed_at
    on conflict do nothing returning *
),
live as (
    select *, case when fixed_at <= created_at + {future} then fixed_at end as plausible
      from t where not is_deleted
),
positions as (
    insert into agent_position as p (
        agent_code, points, point_id, fixed_at, latitude, longitude, region, accuracy, speed, heading, battery_level,
        agent_name, agent_phone
    )
    select distinct on (agent_code) agent_code, count(*) over (partition by agent_code), id, plausible, latitude,
           longitude, region, accuracy, speed, heading, battery_level, agent_name, agent_phone
      from live order by agent_code, plausible desc nulls last, id desc
    on conflict (agent_code) do update set {position}
),
days as (
    insert into agent_day as d (region, day, agent_code, points)
    select region, (fixed_at at time zone current_setting('timezone'))::date, agent_code, count(*)
      from live group by 1, 2, 3 order by 3, 1, 2
    on conflict (region, day, agent_code) do update set points = d.points + excluded.points
)
select g.place, {shown} from t join g on g.new_id = t.id
"""
