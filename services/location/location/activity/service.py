"""Points are counted by region, from counts that are kept by day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ecatalog.core.clock import local_zone
from ecatalog.core.errors import FieldErrors
from ecatalog.db.database import Database
from ecatalog.db.sql import compose
from ecatalog.entities.filters import InvalidFilter
from ecatalog.security.permissions import Principal

from location.activity.filters import ACTIVITY
from location.points.filters import parse_moment, visible

_ACTIVITY = """
    select json_build_object(
               'period', json_build_object('from', %(first)s::date, 'to', %(last)s::date),
               'agent_code', %(agent)s::text,
               'regions', coalesce(json_agg(r order by r.points_count desc, r.region), '[]'::json),
               'total_points', coalesce(sum(r.points_count), 0), 'total_visits', 0)
      from (
        select t.region, sum(t.points)::bigint as points_count from agent_day t
         where t.day between %(first)s and %(last)s and {where} group by t.region having sum(t.points) > 0
      ) r
"""


async def show(database: Database, query: Mapping[str, str], principal: Principal) -> bytes:
    """Render the regions and their points as JSON. Without a period it is this month up to today."""
    today = datetime.now(local_zone()).date()
    last = _day(query, "date_to") or today
    first = _day(query, "date_from") or last.replace(day=1)
    where = visible(principal)
    ACTIVITY.apply(query, where)
    parameters: dict[str, Any] = {"first": first, "last": last, "agent": query.get("agent_code", "").strip() or None}
    return await database.fetch_json(compose(_ACTIVITY, where=where.sql), parameters | where.parameters) or b""


def _day(query: Mapping[str, str], name: str) -> date | None:
    raw = query.get(name, "").strip()
    if not raw:
        return None
    try:
        return parse_moment(raw).astimezone(local_zone()).date()
    except InvalidFilter as error:
        raise FieldErrors({name: [str(error)]}) from None
