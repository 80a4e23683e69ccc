"""Current positions are found anew after a change, and when the time of a fix from the future has come."""

from collections.abc import Sequence
from typing import Any

from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, execute, join, number
from psycopg import AsyncConnection

from location.points.sql import NAMES, SHOWN

AT_ONCE = 500

_BEST = """
    (select t.*, {rank} as rank from location_point t
      where t.agent_code = p.agent_code and not t.is_deleted and {which} order by t.fixed_at desc, t.id desc limit 1)
"""
_GOOD = compose("(t.suspect_reason is null or t.suspect_reason = 'future_time' and t.fixed_at <= clock_timestamp())")
_COLUMNS = [Ident(name) for name in (*SHOWN, *NAMES)]
_NEVER_NULL = ("region", *NAMES)
_COPIED = [compose("coalesce(n.{c}, '')" if column in _NEVER_NULL else "n.{c}", c=column) for column in _COLUMNS]
_RENEW = compose(
    """
    update agent_position p set (point_id, fixed_at, unpublished, suspect_reason, {columns}, next_at) = (
        select n.id, n.fixed_at, n.fixed_at is not null, n.suspect_reason, {copied}, (
                   select min(t.fixed_at) from location_point t
                    where t.agent_code = p.agent_code and t.fixed_at > clock_timestamp() and not t.is_deleted
                      and t.suspect_reason = 'future_time'
               )
          from (select) one left join lateral (
              select * from (
                  {good} union all
                  {suspect}
              ) found order by rank limit 1
          ) n on true
    ) where p.agent_code = any(%(agents)s)
    """,
    columns=join(", ", _COLUMNS),
    copied=join(", ", _COPIED),
    good=compose(_BEST, rank=number(0), which=_GOOD),
    suspect=compose(_BEST, rank=number(1), which=compose("t.suspect_reason <> 'future_time'")),
)
_DUE = compose(
    """
    select agent_code from agent_position where next_at <= clock_timestamp()
     order by agent_code limit {at_once} for update skip locked
    """,
    at_once=number(AT_ONCE),
)


async def renew(connection: AsyncConnection[Any], agents: Sequence[str]) -> None:
    """Find the current positions of agents, whose rows are locked."""
    await execute(connection, _RENEW, {"agents": list(agents)})


async def renew_due(database: Database) -> None:
    """Find the current positions of agents of which the time of a fix has come.

    Rows are locked first: only the second statement sees the points that others stored until then.
    """
    async with database.transaction() as connection:
        agents = [code for (code,) in await (await execute(connection, _DUE)).fetchall()]
        if agents:
            await renew(connection, agents)
