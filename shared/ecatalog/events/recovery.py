"""Sends events again, and gives dead letters another chance."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from ecatalog.contracts.base import REGISTRY
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.events.consumer import Handlers
from ecatalog.events.envelope import decode
from ecatalog.events.outbox import publish_again

AT_ONCE = 5000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_REPLAY = """
    with again as (
        update outbox set published_at = null where seq in (
            select seq from outbox
             where seq > %(after)s and seq <= %(until)s and published_at is not null and created_at >= %(since)s
               and type = any(%(types)s)
             order by seq limit %(limit)s
        ) returning seq
    )
    select count(*), max(seq), pg_notify('outbox', '') from again
"""
_LETTERS = """
    select d.id, d.origin, d.consumer, d.event_id, d.type, d.error, coalesce(i.attempts, 0), d.created_at
      from dead_letter d left join inbox i on i.consumer = d.consumer and i.event_id = d.event_id
     where d.resolved_at is null order by d.id
"""
_RESOLVE = """
    update dead_letter set resolved_at = now() where id = %(id)s and origin = %(origin)s and resolved_at is null
    returning event_id, type, body
"""


class DeadLetter(NamedTuple):
    """A dead letter: an event that its ``consumer`` could not handle, or that the relay (``consumer`` is empty) could
    not send."""

    id: int
    origin: str
    consumer: str
    event_id: UUID
    type: str
    error: str
    attempts: int
    created_at: datetime


async def replay(database: Database, since: datetime = BEGINNING, types: Collection[str] = ()) -> int:
    """Let the relay send again what the outbox keeps since then, with the same ids and sequences; return how many.

    ``types`` are names of event types, all where empty. Commands are never sent again: what they asked for was done.
    """
    wanted = [name for name, kind in REGISTRY.items() if not kind.is_command and (not types or name in types)]
    newest = await database.fetch_row("select coalesce(max(seq), 0) from outbox")
    parameters: dict[str, Any] = {"after": 0, "until": newest and newest[0], "since": since, "types": wanted}
    replayed = 0
    while True:
        row = await database.execute_row(_REPLAY, {**parameters, "limit": AT_ONCE})
        if row is None or not row[0]:
            return replayed
        replayed, parameters["after"] = replayed + row[0], row[1]


async def dead_letters(database: Database) -> list[DeadLetter]:
    """Return the dead letters that wait for somebody, oldest first."""
    return [DeadLetter(*row) for row in await database.fetch_rows(_LETTERS)]


async def retry_dead_letter(database: Database, letter_id: int, handlers: Handlers) -> bool:
    """Handle a consumer's dead letter again, in one transaction with marking it resolved; False if there is none."""
    by_name = {kind.name: handler for kind, handler in handlers.items()}
    async with database.transaction() as connection:
        row = await (await execute(connection, _RESOLVE, {"id": letter_id, "origin": "consumer"})).fetchone()
        if row is None:
            return False
        _, kind, body = row
        await by_name[kind](connection, decode(bytes(body)))
    return True


class NotKept(LookupError):
    """The outbox does not hold the event any longer."""


async def send_dead_letter(database: Database, letter_id: int) -> bool:
    """Send a dead letter of the relay again; False if there is none. Raises :class:`NotKept`."""
    async with database.transaction() as connection:
        row = await (await execute(connection, _RESOLVE, {"id": letter_id, "origin": "relay"})).fetchone()
        if row is not None and not await publish_again(connection, row[0]):
            raise NotKept("the outbox does not keep this event any longer: use `events resync`")
    return row is not None
