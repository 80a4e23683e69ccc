"""Answering a repeated request as the first time, when it carries an ``Idempotency-Key``."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from hashlib import blake2b
from typing import Any

import orjson
import psycopg
from ecatalog.caching import json_response
from ecatalog.db import Database, execute
from ecatalog.errors import BadRequest, Conflict
from psycopg import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

HEADER = "idempotency-key"
MAX_KEY_LENGTH = 255
KEEP_HOURS = 24
CLEAN_SECONDS = 3600
USED_DIFFERENTLY = "This Idempotency-Key was sent before with another request."

Make = Callable[[AsyncConnection[Any]], Awaitable[bytes]]

# An expired key is claimed anew. A second request at the same time waits here for the first to commit.
_CLAIM = """
    insert into idempotency as i (user_id, key, fingerprint, status, body, created_at)
    values (%(user)s, %(key)s, %(fingerprint)s, 0, '', now())
    on conflict (user_id, key) do update
       set fingerprint = excluded.fingerprint, created_at = excluded.created_at
     where i.created_at < now() - make_interval(hours => %(hours)s)
    returning 1
"""
_STORED = "select fingerprint, status, body from idempotency where user_id = %(user)s and key = %(key)s"
_STORE = "update idempotency set status = %(status)s, body = %(body)s where user_id = %(user)s and key = %(key)s"
_FORGET = "delete from idempotency where created_at < now() - make_interval(hours => %s) returning 1"


async def once(database: Database, request: Request, user_id: int, values: Mapping[str, Any], make: Make) -> Response:
    """201 with what ``make`` made; with a key that was used, what was answered then. Errors are not kept."""
    key = request.headers.get(HEADER)
    if key is None:
        async with database.read() as connection:
            return json_response(request, await make(connection), 201)
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise BadRequest({"detail": f"Idempotency-Key must have 1 to {MAX_KEY_LENGTH} characters."})
    about = {"user": user_id, "key": key, "fingerprint": _fingerprint(request, values), "hours": KEEP_HOURS}
    async with database.read() as connection, connection.transaction():
        claimed = await (await execute(connection, _CLAIM, about)).fetchone()
        if claimed is None:
            return await _stored(connection, request, about)
        body = await make(connection)
        await execute(connection, _STORE, about | {"status": 201, "body": body})
    return json_response(request, body, 201)


async def _stored(connection: AsyncConnection[Any], request: Request, about: Mapping[str, Any]) -> Response:
    row = await (await execute(connection, _STORED, about)).fetchone()
    if row is None or row[0] != about["fingerprint"]:
        raise Conflict({"detail": USED_DIFFERENTLY})
    response = json_response(request, row[2], row[1])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: Request, values: Mapping[str, Any]) -> bytes:
    content = orjson.dumps(values, default=str, option=orjson.OPT_SORT_KEYS)
    return blake2b(request.url.path.encode() + b"\n" + content, digest_size=16).digest()


async def forget_expired(database: Database) -> None:
    """A loop's work: drop keys that are too old to be asked for."""
    with suppress(psycopg.OperationalError):  # the database is away; the next round will do
        await database.fetch_rows(_FORGET, [KEEP_HOURS])
    await asyncio.sleep(CLEAN_SECONDS)
