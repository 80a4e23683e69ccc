"""Telling others where agents are: each agent's newest position, however many points came since it was last told."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256

import psycopg
from ecatalog.contracts.location import AGENT_MOVED, AgentMoved
from ecatalog.db.database import Database, driver_connection
from ecatalog.db.sql import execute
from ecatalog.entities.rendering import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from location.points.renewing import renew_due

PAUSE_SECONDS = 0.25
AT_ONCE = 500
SUFFIX_LENGTH = 32

_FIELDS = {name: f"t.{name}" for name in AgentMoved.model_fields}
_FIELDS |= {"fixed_at": f"to_char(t.fixed_at, {TIMESTAMP})"}
_FIELDS |= {
    name: f"t.{name}::text" for name in ("latitude", "longitude", "accuracy", "speed", "heading", "battery_level")
}
_FIELDS |= {"is_suspect": "t.suspect_reason is not null"}
_PUBLISH = f"""
    with chosen as ({{chosen}}),
    t as (
        update agent_position p set unpublished = false from chosen where p.agent_code = chosen.agent_code returning p.*
    )
    insert into outbox (type, key, suffix, data)
    select %(type)s, t.agent_code, left(encode(sha256(convert_to(t.agent_code, 'UTF8')), 'hex'), {SUFFIX_LENGTH}),
           json_build_object({", ".join(f"'{name}', {sql}" for name, sql in _FIELDS.items())})
      from t
"""  # noqa: S608 - built from declarations
_PUBLISH_MOVED = _PUBLISH.format(
    chosen=f"""
        select agent_code from agent_position where unpublished and fixed_at is not null
         order by agent_code limit {AT_ONCE} for update skip locked
    """  # noqa: S608 - a constant
)
_PUBLISH_AGAIN = _PUBLISH.format(
    chosen="select agent_code from agent_position where agent_code = any(%(agents)s) and fixed_at is not null"
)


def subject_of(agent_code: str) -> str:
    """The NATS subject of an agent's positions; a code may hold what a subject may not."""
    return f"{AGENT_MOVED.subject}.{sha256(agent_code.encode()).hexdigest()[:SUFFIX_LENGTH]}"


async def publish_again(session: AsyncSession, agents: Sequence[str]) -> None:
    """Write the positions of agents, whose rows are locked, into the outbox."""
    connection = await driver_connection(session)
    await execute(connection, _PUBLISH_AGAIN, {"type": AGENT_MOVED.name, "agents": list(agents)})


class Publisher:
    """Writes the positions that moved into the outbox, a few times a second; also those whose time has come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                published = await self.renew_and_publish()
            except psycopg.OperationalError:  # the database is away; positions wait as they are
                published = 0
            if published < AT_ONCE:
                await asyncio.sleep(PAUSE_SECONDS)

    async def renew_and_publish(self) -> int:
        """Publish what moved because points came, and what did because time went by."""
        await renew_due(self._database)
        return await self.publish()

    async def publish(self) -> int:
        """Publish the positions that moved, up to a number; how many."""
        async with self._database.connection() as connection:
            return (await execute(connection, _PUBLISH_MOVED, {"type": AGENT_MOVED.name})).rowcount
