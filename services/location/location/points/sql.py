"""The one statement that stores points, moves current positions and counts."""

import re
from functools import lru_cache

from ecatalog.db.sql import Ident, compose
from sqlalchemy.dialects import postgresql

from location.points.filters import POINTS, TABLE
from location.points.suspicion import gives_way_sql, reason_sql

SHOWN = ("latitude", "longitude", "region", "accuracy", "speed", "heading", "battery_level")
NAMES = ("agent_name", "agent_phone")

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
_COLUMNS = {column.name: column for column in TABLE.__table__.columns}
_TYPES = {name: re.sub(r"\(.*\)", "", column.type.compile(_DIALECT)) for name, column in _COLUMNS.items()}
_TYPES["id"] = "uuid"
_USED = ("id", "logged_at", "is_deleted", *SHOWN, *NAMES)
"""What the statement speaks of, whether it was sent or not."""

_BETTER = (
    "(excluded.fixed_at is not null and (p.fixed_at is null"
    f" or ({gives_way_sql(Ident('p'))}, excluded.fixed_at, excluded.point_id)"
    f" > ({gives_way_sql(Ident('excluded'))}, p.fixed_at, p.point_id)))"
)


@lru_cache(maxsize=200)
def statement(columns: tuple[str, ...], rows: bool) -> str:
    """Insert the points of arrays, one for each of these columns.

    ``rows``: gives the place of each new point and its answer; else the places of those that were not stored again.
    ``careful``: whether the key was in the way before.
    """
    written = [name for name in columns if name != "id"]
    return _INSERT.format(
        id="r.id" if "id" in columns else "null::uuid",
        logged_at="r.logged_at" if "logged_at" in columns else "null::timestamptz",
        arrays=", ".join(f"%({name})s::{_TYPES[name]}[]" for name in columns),
        columns=", ".join(columns),
        values=", ".join(_value(name, name in columns) for name in dict.fromkeys([*columns, *_USED])),
        names=", ".join([*written, "suspect_reason"]),
        seen=_SEEN if "id" in columns else "",
        unseen=_UNSEEN if "id" in columns else "",
        added="returning *" if rows else "",
        tried="*" if rows else "id",
        position=_POSITION,
        reason=reason_sql("fixed_at", "arrived", "latitude", "longitude"),
        answer=_ROWS if rows else _KNOWN,
    )


def _value(name: str, sent: bool) -> str:
    """A column as it is stored."""
    column = _COLUMNS[name]
    default = None if column.nullable or name == "id" else column.default
    if default is None:
        return f"r.{name}" if sent else f"null::{_TYPES[name]} as {name}"
    value = str(default.arg).lower() if isinstance(default.arg, bool) else repr(default.arg)
    return f"coalesce(r.{name}, {value}) as {name}" if sent else f"{value}::{_TYPES[name]} as {name}"


_SEEN = """
seen as (
    insert into location_seen (agent_code, client_id, fixed_at)
    select agent_code, id, fixed_at from g where id is not null order by agent_code, id
    on conflict do nothing returning agent_code, client_id
),"""
_UNSEEN = "where id is null or (agent_code, id) in (select agent_code, client_id from seen)"
_KNOWN = "select place from g where new_id not in (select new_id from t)"
_ROWS = compose(
    "select g.place, (select row_to_json(x) from (select {fields}) x)"
    " from (select * from added union all select * from tried) t join g on g.new_id = t.id",
    fields=POINTS.fields,
)

_POSITION = ", ".join(
    [
        "points = p.points + excluded.points",
        "next_at = least(p.next_at, excluded.next_at)",
        f"unpublished = p.unpublished or {_BETTER}",
        *(
            f"{name} = case when {_BETTER} then excluded.{name} else p.{name} end"
            for name in ("point_id", "fixed_at", "suspect_reason", *SHOWN)
        ),
        *(
            f"{name} = case when {_BETTER} and excluded.{name} <> '' or p.{name} = '' then excluded.{name}"
            f" else p.{name} end"
            for name in NAMES
        ),
    ]
)

# `fresh` are the points that no id tells to be known, each once. Where all of them come after everything that their
# agents have, none can be known by its place either: they are added without a look at the key. When it finds one after
# all, stored meanwhile or hidden, the statement is sent again, and is then careful.
_INSERT = """
with g as materialized (
    select nextval('location_point_id_seq') as new_id, r.place, clock.now as arrived,
           coalesce({logged_at}, clock.now) as fixed_at,
           coalesce({id}, case when {logged_at} is null then uuidv7() end) as client_id, {values}
      from unnest({arrays}) with ordinality as r ({columns}, place), (select clock_timestamp() as now) clock
),{seen}
fresh as materialized (
    select distinct on (agent_code, fixed_at, latitude, longitude, client_id) *, {reason} as suspect_reason
      from g {unseen}
     order by agent_code, fixed_at, latitude, longitude, client_id, place
),
mode as materialized (
    select not %(careful)s and bool_and(not exists (
               select from agent_position p
                where p.agent_code = a.agent_code and (p.fixed_at is null or p.fixed_at >= first)
           )) as quick
      from (select agent_code, min(fixed_at) as first from fresh group by agent_code) a
),
added as (
    insert into location_point (id, fixed_at, client_id, created_at, updated_at, {names})
    select new_id, fixed_at, client_id, arrived, arrived, {names} from fresh where (select quick from mode)
     order by agent_code, fixed_at
    {added}
),
tried as (
    insert into location_point (id, fixed_at, client_id, created_at, updated_at, {names})
    select new_id, fixed_at, client_id, arrived, arrived, {names} from fresh where not (select quick from mode)
     order by agent_code, fixed_at
    on conflict do nothing returning {tried}
),
t as materialized (
    select *, case when suspect_reason is null then fixed_at end as trusted,
           case when suspect_reason = 'future_time' then fixed_at end as next_at
      from fresh where (select quick from mode) or new_id in (select id from tried)
),
positions as (
    insert into agent_position as p (
        agent_code, points, next_at, point_id, fixed_at, suspect_reason, latitude, longitude, region, accuracy, speed,
        heading, battery_level, agent_name, agent_phone
    )
    select distinct on (agent_code) agent_code, count(*) over agent, min(next_at) over agent, new_id,
           case when next_at is null then fixed_at end, suspect_reason, latitude, longitude, region, accuracy, speed,
           heading, battery_level, agent_name, agent_phone
      from t where not is_deleted window agent as (partition by agent_code)
     order by agent_code, trusted desc nulls last, next_at is not null, fixed_at desc, new_id desc
    on conflict (agent_code) do update set {position}
),
days as (
    insert into agent_day as d (region, day, agent_code, points)
    select region, fixed_at::date, agent_code, count(*)
      from t where not is_deleted group by 1, 2, 3 order by 3, 1, 2
    on conflict (region, day, agent_code) do update set points = d.points + excluded.points
)
{answer}
"""
