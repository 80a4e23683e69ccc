"""An agent's day is read as it was recorded."""

import time
from collections.abc import Mapping
from datetime import date, timedelta

from ecatalog.core.errors import BadRequest, FieldErrors
from ecatalog.db.database import Database
from ecatalog.db.render import utc
from ecatalog.db.sql import compose
from ecatalog.entities.filters import NULL_CHARACTERS, midnight
from ecatalog.security.permissions import Principal

from location.points.filters import visible

REQUIRED = "agent_code va date parametrlar talab qilinadi"
MAX_POINTS = 100_000
TOO_MANY = f"This day has more than {MAX_POINTS:,} points, which are too many to show."
"""A day has fewer seconds."""

_POINT = compose(
    """format('{{"lat":%%s,"lng":%%s,"speed":%%s,"acc":%%s,"bat":%%s,"time":"%%s"}}', t.latitude, t.longitude,"""
    " coalesce(t.speed, 0), coalesce(t.accuracy, 0), coalesce(t.battery_level, 0), {time})",
    time=utc("t.fixed_at", "+00:00"),
)
# Put together as text, which takes half the time of building json values.
_DAY = """
    select json_build_object('agent_code', %(agent)s::text, 'date', %(date)s::text, 'points_count', d.number,
               'points', d.points, 'visits', json_build_array()), d.number
      from (
        select count(*) as number,
               ('[' || coalesce(string_agg({point}, ',' order by t.fixed_at, t.id), '') || ']')::json as points
          from (
            select t.* from location_point t
             where t.agent_code = %(agent)s and t.fixed_at >= %(start)s and t.fixed_at < %(end)s
               and not t.is_deleted and {seen} limit %(most)s
          ) t
      ) d
"""


class Day:
    """An agent and the start and end of a day. Raises when the query does not name them, or not readably."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.agent = query.get("agent_code", "").strip()
        self.date = query.get("date", "").strip()
        if not self.agent or not self.date:
            raise BadRequest({"error": REQUIRED})
        if "\x00" in self.agent:
            raise FieldErrors({"agent_code": [NULL_CHARACTERS]})
        first = _parse(self.date)
        self.start, self.end = midnight(first), midnight(first + timedelta(days=1))


def _parse(raw: str) -> date:
    try:
        day = date(*time.strptime(raw, "%Y-%m-%d")[:3])
    except ValueError:
        raise FieldErrors({"date": ["Enter a valid date."]}) from None
    if not 2 <= day.year <= 9998:
        raise FieldErrors({"date": ["Enter a valid date."]})
    return day


async def recorded(database: Database, day: Day, principal: Principal) -> bytes:
    """Render the day as clients know it, as JSON: every point, oldest first. Raises when they are too many."""
    seen = visible(principal)
    parameters = {"agent": day.agent, "date": day.date, "start": day.start, "end": day.end, "most": MAX_POINTS + 1}
    found = await database.fetch_row(compose(_DAY, point=_POINT, seen=seen.sql), parameters | seen.parameters)
    body, number = found or (b"", 0)
    if number > MAX_POINTS:
        raise FieldErrors({"date": [TOO_MANY]})
    return bytes(body)
