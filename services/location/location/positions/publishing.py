"""An agent's newest position is published once, however many points came since the last event."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import psycopg
from ecatalog.contracts.location import AGENT_MOVED, AgentMoved
from ecatalog.db.database import Database
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, compose, execute, join, number
from psycopg import AsyncConnection

from location.points.renewing import renew_due

PAUSE_SECONDS = 0.25
AT_ONCE = 500
SUFFIX_LENGTH = 32

_FIELDS = {name: compose("t.{name}", name=Ident(name)) for name in AgentMoved.model_fields}
_FIELDS |= {"fixed_at": compose("to_char(t.fixed_at, {format})", format=TIMESTAMP)}
_FIELDS |= {
    name: compose("t.{name}::text", name=Ident(name))
    for name in ("latitude", "longitude", "accuracy", "speed", "heading", "battery_level")
}
_FIELDS |= {"is_suspect": compose("t.suspect_reason is not null")}
_PAIRS = join(", ", [compose("'{name}', {sql}", name=Ident(name), sql=sql) for name, sql in _FIELDS.items()])
_PUBLISH = """
    with chosen as ({chosen}),
    t as (
        update agent_position p set unpublished = false from chosen where p.agent_code = chosen.agent_code returning p.*
    )
    insert into outbox (type, key, suffix, data)
    select %(type)s, t.agent_code, left(encode(sha256(convert_to(t.agent_code, 'UTF8')), 'hex'), {length}),
           json_build_object({pairs})
      from t
"""
_MOVED = compose(
    """
        select agent_code from agent_position where unpublished and fixed_at is not null
         order by agent_code limit {at_once} for update skip locked
    """,
    at_once=number(AT_ONCE),
)
_WAITING = """
    select exists (select from agent_position where next_at <= clock_timestamp()),
           exists (select from agent_position where unpublished and fixed_at is not null)
"""
_AGAIN = compose("select agent_code from agent_position where agent_code = any(%(agents)s) and fixed_at is not null")
_PUBLISH_MOVED, _PUBLISH_AGAIN = (
    compose(_PUBLISH, chosen=chosen, length=number(SUFFIX_LENGTH), pairs=_PAIRS) for chosen in (_MOVED, _AGAIN)
)


def subject_of(agent_code: str) -> str:
    """Return the NATS subject of an agent's positions; a code may hold characters that a subject may not."""
    return f"{AGENT_MOVED.subject}.{sha256(agent_code.encode()).hexdigest()[:SUFFIX_LENGTH]}"


async def publish_again(connection: AsyncConnection[Any], agents: Sequence[str]) -> None:
    """Write the positions of agents, whose rows are locked, into the outbox."""
    await execute(connection, _PUBLISH_AGAIN, {"type": AGENT_MOVED.name, "agents": list(agents)})


class Publisher:
    """Writes the positions that moved into the outbox, four times a second; also those whose time has come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                published = await self.renew_and_publish()
            except psycopg.OperationalError:  # the database is unavailable; positions wait as they are
                published = 0
            if published < AT_ONCE:
                await asyncio.sleep(PAUSE_SECONDS)

    async def renew_and_publish(self) -> int:
        """Publish the positions that moved because points came, or because time went by."""
        is_due, has_moved = await self._database.fetch_row(_WAITING) or (False, False)
        if is_due:
            await renew_due(self._database)
        return await self.publish() if is_due or has_moved else 0

    async def publish(self) -> int:
        """Publish at most ``AT_ONCE`` positions that moved; returns their number."""
        async with self._database.connection() as connection:
            return (await execute(connection, _PUBLISH_MOVED, {"type": AGENT_MOVED.name})).rowcount
