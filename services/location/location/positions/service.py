"""Agents are listed with the place where they are now."""

from collections.abc import Mapping

from ecatalog.db.database import Database
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import compose
from ecatalog.security.permissions import Principal

from location.points.filters import visible
from location.positions.filters import POSITIONS

_AGENTS = """
    select coalesce(json_agg(x order by x.agent_code), '[]'::json) from (
        select t.agent_code, t.agent_name, t.agent_phone from agent_position t where t.points > 0 and {where}
    ) x
"""
_NUMBERS = compose("t.accuracy::text, t.speed::text, t.heading::text, t.battery_level::text")
_WHEN = """
    to_char(t.fixed_at, {format}) as fixed_at, a.age, a.age > %(stale)s::bigint as stale,
    t.suspect_reason is not null as is_suspect, t.suspect_reason
      from agent_position t, lateral (
        select greatest(0, extract(epoch from clock_timestamp() - t.fixed_at))::bigint as age
      ) a
     where t.fixed_at is not null and {where}
"""
_LATEST = """
    select coalesce(json_agg(x order by x.agent_code), '[]'::json) from (
        select t.agent_code, t.agent_name, t.agent_phone, t.region, t.point_id as id, t.latitude::text,
               t.longitude::text, {numbers}, {when}
    ) x
"""
_FEATURES = """
    select json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
               'type', 'Feature', 'id', x.agent_code,
               'geometry', json_build_object('type', 'Point', 'coordinates', x.place),
               'properties', to_jsonb(x) - 'place') order by x.agent_code), '[]'::json))
      from (
        select t.agent_code, t.agent_name, t.agent_phone, t.region, t.point_id as id,
               json_build_array(t.longitude, t.latitude) as place, {numbers}, {when}
      ) x
"""


async def agents(database: Database, principal: Principal) -> bytes:
    """Render every agent that has points, by code, as a JSON array."""
    where = visible(principal)
    return await database.fetch_json(compose(_AGENTS, where=where.sql), where.parameters) or b"[]"


async def latest(
    database: Database, query: Mapping[str, str], principal: Principal, stale_seconds: int, *, features: bool
) -> bytes:
    """Render the current positions by agent as a JSON array, or as a GeoJSON collection of ``features``."""
    where = visible(principal)
    POSITIONS.apply(query, where)
    when = compose(_WHEN, format=TIMESTAMP, where=where.sql)
    sql = compose(_FEATURES if features else _LATEST, numbers=_NUMBERS, when=when)
    return await database.fetch_json(sql, where.parameters | {"stale": stale_seconds}) or b"[]"
