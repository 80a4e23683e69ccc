"""Everything of an agent is deleted for good."""

import asyncio

from ecatalog.contracts.location import AGENT_MOVED
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, execute
from ecatalog.events.broker import Broker

from location.positions.publishing import subject_of

RELAYED_SECONDS = 2.0
"""The relay may be sending events that it read before the deletion; after this time it has ended."""

_EVENTS = (
    "delete from outbox where type = %(type)s and key = %(agent)s",
    "delete from dead_letter where type = %(type)s and convert_from(body, 'UTF8')::json ->> 'agent_code' = %(agent)s",
)
_ROWS = tuple(
    compose("delete from {table} where agent_code = %(agent)s", table=Ident(table))
    for table in ("agent_position", "agent_day", "location_seen")
)


async def erase(database: Database, broker: Broker, agent_code: str) -> int:
    """Delete an agent's points, position, counts and events, here and at the broker; returns the number of points."""
    parameters = {"agent": agent_code, "type": AGENT_MOVED.name}
    async with database.transaction() as connection:
        # An insert holds this row until its commit, so all points that were stored are seen here.
        await execute(connection, "select from agent_position where agent_code = %(agent)s for update", parameters)
        deleted = await execute(connection, "delete from location_point where agent_code = %(agent)s", parameters)
        for statement in (*_ROWS, *_EVENTS):
            await execute(connection, statement, parameters)
    await broker.connect()
    await _purge(broker, agent_code)
    await asyncio.sleep(RELAYED_SECONDS)
    await _purge(broker, agent_code)
    return deleted.rowcount


async def _purge(broker: Broker, agent_code: str) -> None:
    await broker.ensure_streams(AGENT_MOVED.service)
    await broker.jetstream.purge_stream(AGENT_MOVED.stream, subject=subject_of(agent_code))
