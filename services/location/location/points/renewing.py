"""Finding anew where agents are: after a change, and when the time of a fix has come that arrived before it."""

from collections.abc import Sequence
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from psycopg import AsyncConnection

from location.points.statements import NAMES, SHOWN

AT_ONCE = 500

_BEST = """
    (select t.*, {rank} as rank from location_point t
      where t.agent_code = p.agent_code and not t.is_deleted and {which} order by t.fixed_at desc, t.id desc limit 1)
"""
_GOOD = "(t.suspect_reason is null or t.suspect_reason = 'future_time' and t.fixed_at <= clock_timestamp())"
_COLUMNS = ", ".join([*SHOWN, *NAMES])
_COPIED = ", ".join([f"n.{name}" for name in SHOWN] + [f"coalesce(n.{name}, '')" for name in NAMES])
_RENEW = f"""
    update agent_position p set (point_id, fixed_at, unpublished, suspect_reason, {_COLUMNS}, next_at) = (
        select n.id, n.fixed_at, n.fixed_at is not null, n.suspect_reason, {_COPIED}, (
                   select min(t.fixed_at) from location_point t
                    where t.agent_code = p.agent_code and t.fixed_at > clock_timestamp() and not t.is_deleted
                      and t.suspect_reason = 'future_time'
               )
          from (select) one left join lateral (
              select * from (
                  {_BEST.format(rank=0, which=_GOOD)} union all
                  {_BEST.format(rank=1, which="t.suspect_reason <> 'future_time'")}
              ) found order by rank limit 1
          ) n on true
    ) where p.agent_code = any(%(agents)s)
""".replace("n.region,", "coalesce(n.region, ''),")  # noqa: S608 - built from declarations
_DUE = f"""
    select agent_code from agent_position where next_at <= clock_timestamp()
     order by agent_code limit {AT_ONCE} for update skip locked
"""  # noqa: S608 - a constant


async def renew(connection: AsyncConnection[Any], agents: Sequence[str]) -> None:
    """Find the current positions of agents, whose rows are locked."""
    await execute(connection, _RENEW, {"agents": list(agents)})


async def renew_due(database: Database) -> None:
    """Find those of agents of which a fix's time has come.

    Rows are locked first: what others have stored until then is seen by the second statement only.
    """
    async with database.transaction() as connection:
        agents = [code for (code,) in await (await execute(connection, _DUE)).fetchall()]
        if agents:
            await renew(connection, agents)
