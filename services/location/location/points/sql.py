"""The one statement that stores points, moves current positions and counts."""

from functools import lru_cache
from typing import LiteralString

import sqlalchemy
from ecatalog.db.sql import Ident, Sql, compose, join, literal, placeholder
from ecatalog.fields.column import sql_type
from sqlalchemy.dialects.postgresql import JSONB

from location.points.checking import EMPTY, TYPES
from location.points.filters import POINTS
from location.points.suspicion import gives_way_sql, reason_sql

SHOWN = ("latitude", "longitude", "region", "accuracy", "speed", "heading", "battery_level")
NAMES = ("agent_name", "agent_phone")

_CASTS: dict[type, LiteralString] = {
    sqlalchemy.BigInteger: "bigint", sqlalchemy.Boolean: "boolean", sqlalchemy.DateTime: "timestamptz",
    sqlalchemy.Integer: "integer", sqlalchemy.Numeric: "numeric", sqlalchemy.String: "varchar",
    sqlalchemy.Text: "text", sqlalchemy.Uuid: "uuid", JSONB: "jsonb",
}  # fmt: skip
_CAST = {name: compose(_CASTS[type(sql_type(field_type))]) for name, field_type in TYPES.items()}
_USED = ("id", "logged_at", "is_deleted", *SHOWN, *NAMES)
"""The statement names these columns even when they were not sent."""

_EMPTY = compose("")


@lru_cache(maxsize=200)
def statement(columns: tuple[str, ...], facts: tuple[str, ...], rows: bool) -> Sql:
    """Compose the statement that inserts points, given as an array for each of these columns and a text for each fact.

    With ``rows`` it returns the place of each new point in the arrays and its answer, else the places of points that
    were stored before. Its parameter ``careful`` says that the key was in the way before.
    """
    sent = {name: Ident(name) for name in columns}
    written = [column for name, column in sent.items() if name != "id"]
    has_id = "id" in sent
    return compose(
        _INSERT,
        id=compose("r.id") if has_id else compose("null::uuid"),
        logged_at=compose("r.logged_at") if "logged_at" in sent else compose("null::timestamptz"),
        arrays=join(", ", [compose("{values}::{cast}[]", values=placeholder(name), cast=_CAST[name]) for name in sent]),
        columns=join(", ", sent.values()),
        values=join(", ", [_value(name, name in sent) for name in dict.fromkeys([*sent, *_USED])]),
        names=join(", ", [*written, Ident("suspect_reason"), *map(Ident, facts)]),
        stored=join(", ", [*written, Ident("suspect_reason"), *map(_fact, facts)]),
        seen=_SEEN if has_id else _EMPTY,
        unseen=_UNSEEN if has_id else _EMPTY,
        added=compose("returning *") if rows else _EMPTY,
        tried=compose("*") if rows else Ident("id"),
        position=_POSITION,
        reason=reason_sql("fixed_at", "arrived", "latitude", "longitude"),
        answer=_ROWS if rows else _KNOWN,
    )


def _value(name: str, is_sent: bool) -> Sql:
    """Compose a column as it is stored: its default, or else null, takes the place of a value that did not come."""
    template = "coalesce(r.{column}, {value}) as {column}" if is_sent else "{value}::{cast} as {column}"
    return compose(template, column=Ident(name), value=_default(name), cast=_CAST[name])


def _fact(name: str) -> Sql:
    """Compose what is the same for all points, as it is stored."""
    return compose(
        "coalesce({value}::{cast}, {default})", value=placeholder(name), cast=_CAST[name], default=_default(name)
    )


def _default(name: str) -> Sql:
    default = EMPTY.get(name)
    return compose("null") if default is None else literal(str(default))


_SEEN = compose("""
seen as (
    insert into location_seen (agent_code, client_id, fixed_at)
    select agent_code, id, fixed_at from g where id is not null order by agent_code, id
    on conflict do nothing returning agent_code, client_id
),""")
_UNSEEN = compose("where id is null or (agent_code, id) in (select agent_code, client_id from seen)")
_KNOWN = compose("select place from g where new_id not in (select new_id from t)")
_ROWS = compose(
    "select g.place, (select row_to_json(x) from (select {fields}) x)"
    " from (select * from added union all select * from tried) t join g on g.new_id = t.id",
    fields=POINTS.fields,
)

_BETTER = compose(
    "(excluded.fixed_at is not null and (p.fixed_at is null"
    " or ({stored_gives_way}, excluded.fixed_at, excluded.point_id) > ({new_gives_way}, p.fixed_at, p.point_id)))",
    stored_gives_way=gives_way_sql(Ident("p")),
    new_gives_way=gives_way_sql(Ident("excluded")),
)
_SHOWN = "{name} = case when {better} then excluded.{name} else p.{name} end"
_NAME = (
    """{name} = case when {better} and excluded.{name} <> '' or p.{name} = '' then excluded.{name} else p.{name} end"""
)
_POSITION = join(
    ", ",
    [
        compose("points = p.points + excluded.points"),
        compose("next_at = least(p.next_at, excluded.next_at)"),
        compose("unpublished = p.unpublished or {better}", better=_BETTER),
        *(
            compose(_NAME if name in NAMES else _SHOWN, name=Ident(name), better=_BETTER)
            for name in ("point_id", "fixed_at", "suspect_reason", *SHOWN, *NAMES)
        ),
    ],
)

# ``fresh`` are the points that no id shows to be stored, each once. Where all of them come after everything that their
# agents have, none can be stored at its place either: they are added without a look at the key. When the key finds one
# after all, stored meanwhile or hidden, the statement is sent again, and is then careful.
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
    select new_id, fixed_at, client_id, arrived, arrived, {stored} from fresh where (select quick from mode)
     order by agent_code, fixed_at
    {added}
),
tried as (
    insert into location_point (id, fixed_at, client_id, created_at, updated_at, {names})
    select new_id, fixed_at, client_id, arrived, arrived, {stored} from fresh where not (select quick from mode)
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
