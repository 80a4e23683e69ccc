"""Answers a repeated request as the first time, when it carries an ``Idempotency-Key``.

Whoever creates something claims the key in the transaction that creates it, and keeps the answer in the same one:
so either both are there or neither is. Errors are not kept; a refused request may be mended and sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg import AsyncConnection

from ecatalog.core.errors import BadRequest, Conflict
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, execute, number

HEADER = "idempotency-key"
MAX_KEY_LENGTH = 255
KEEP_HOURS = 24
CLEAN_SECONDS = 3600
USED_DIFFERENTLY = "This Idempotency-Key was sent before with another request."

TABLES = frozenset({"idempotency"})
CREATE_V1 = (
    """
    create table idempotency (
        user_id     bigint      not null,
        key         text        not null,
        fingerprint bytea       not null,
        status      integer     not null,
        body        bytea       not null,
        created_at  timestamptz not null default now(),
        primary key (user_id, key)
    )
    """,
    "create index idempotency_created on idempotency (created_at)",
)
DROP_V1 = ("drop table idempotency",)

Make = Callable[[AsyncConnection[Any]], Awaitable[bytes]]

_AGE = compose("interval '{hours} hours'", hours=number(KEEP_HOURS))
# An expired key is claimed anew. A second request at the same time waits here for the first to commit.
_CLAIM = compose(
    """
    insert into idempotency as i (user_id, key, fingerprint, status, body, created_at)
    values (%(user_id)s, %(key)s, %(fingerprint)s, 0, '', now())
    on conflict (user_id, key) do update
       set fingerprint = excluded.fingerprint, created_at = excluded.created_at
     where i.created_at < now() - {age}
    returning 1
    """,
    age=_AGE,
)
_KEPT = compose(
    """
    select fingerprint, status, body from idempotency
     where user_id = %(user_id)s and key = %(key)s and created_at >= now() - {age}
    """,
    age=_AGE,
)
_KEEP = "update idempotency set status = %(status)s, body = %(body)s where user_id = %(user_id)s and key = %(key)s"
_FORGET = compose("delete from idempotency where created_at < now() - {age}", age=_AGE)


@dataclass(frozen=True)
class Key:
    """A user's key; ``fingerprint`` is of the request, to tell a repeat from a mistake."""

    user_id: int
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class SentKey:
    """The header of a request, None when it has none, and the path and the query that were asked."""

    value: str | None
    path: str
    query: str

    def of(self, user_id: int, content: Any) -> Key | None:
        """Return the key of a user's request with the JSON ``content``, or None. Raises 400 for an unusable key."""
        if self.value is None:
            return None
        if not 0 < len(self.value) <= MAX_KEY_LENGTH:
            raise BadRequest({"detail": f"Idempotency-Key must have 1 to {MAX_KEY_LENGTH} characters."})
        said = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)
        return Key(user_id, self.value, blake2b(self.path.encode() + b"\n" + said, digest_size=16).digest())


class Reply(NamedTuple):
    """The answer to a request that creates something; ``is_replay`` when it was given before."""

    body: bytes
    status: int = 201
    is_replay: bool = False


async def claim(connection: AsyncConnection[Any], key: Key | None) -> Reply | None:
    """Take the key for this transaction; if it was taken before, return what was answered then.

    Raises 409 when that was to another request.
    """
    if key is None:
        return None
    claimed = await (await execute(connection, _CLAIM, asdict(key))).fetchone()
    if claimed is not None:
        return None
    kept = await (await execute(connection, _KEPT, asdict(key))).fetchone()
    if kept is None:
        raise Conflict({"detail": USED_DIFFERENTLY})
    return _replay(key, kept)


async def keep(connection: AsyncConnection[Any], key: Key | None, body: bytes, status: int = 201) -> None:
    """Keep the answer to the key that this transaction has claimed."""
    if key is not None:
        await execute(connection, _KEEP, asdict(key) | {"status": status, "body": body})


async def recall(database: Database, key: Key | None) -> Reply | None:
    """Return what was answered to the key, before the work of a repeated request begins; raises as ``claim`` does."""
    kept = None if key is None else await database.fetch_row(_KEPT, asdict(key))
    return None if key is None or kept is None else _replay(key, kept)


async def once(database: Database, key: Key | None, make: Make) -> Reply:
    """Answer 201 with what ``make`` returns; with a key that was used, answer as then."""
    if key is None:
        async with database.connection() as connection:
            return Reply(await make(connection))
    async with database.transaction() as connection:
        earlier = await claim(connection, key)
        if earlier is not None:
            return earlier
        body = await make(connection)
        await keep(connection, key, body)
    return Reply(body)


def _replay(key: Key, kept: tuple[Any, ...]) -> Reply:
    fingerprint, status, body = kept
    if fingerprint != key.fingerprint:
        raise Conflict({"detail": USED_DIFFERENTLY})
    return Reply(body, status, is_replay=True)


async def forget_expired(database: Database) -> None:
    """Drop keys that are too old to be asked for; a loop calls this."""
    with suppress(psycopg.OperationalError):  # the database is away; the next round will do
        await database.execute(_FORGET)
    await asyncio.sleep(CLEAN_SECONDS)
