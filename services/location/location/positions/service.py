"""Agents and where they are now."""

from ecatalog.auth import Principal
from ecatalog.db import Database

from location.points.filters import visible

_AGENTS = """
    select coalesce(json_agg(x order by x.agent_code), '[]'::json) from (
        select t.agent_code, t.agent_name, t.agent_phone from agent_position t where t.points > 0 and {seen}
    ) x
"""


async def agents(database: Database, principal: Principal) -> bytes:
    """Every agent that has points, by code, as a JSON array."""
    seen = visible(principal)
    return await database.fetch_json(_AGENTS.format(seen=seen.sql), seen.parameters) or b"[]"
