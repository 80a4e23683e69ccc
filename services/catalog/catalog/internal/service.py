"""Looks up rows for the other services, which ask for one that they do not know yet."""

import orjson
from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, execute

from catalog.chunks.service import ENTITIES as STREAMS
from catalog.entities.registry import ENTITIES
from catalog.internal.schemas import SourceKeysBody
from catalog.keys.lookups import KeySpace, holders_of, holders_sql, known_of, known_sql

_ROWS = """
    select coalesce(json_agg(r.row order by r.id), '[]'::json)
      from (
          select t.id, {row} as row from {table} t where t.{code} = %(code)s or t.id = %(id)s order by t.id limit 100
      ) r
"""
MAX_ID = 2**63 - 1

_HOLD = "select from {table} where id = %(id)s for share"
_TOLD = """
    select json_build_object(
        'sequence', nextval(pg_get_serial_sequence('outbox', 'seq')),
        'rows', (select coalesce(json_agg({row}), '[]'::json) from {table} t where t.id = %(id)s))
"""


async def meant(database: Database, kind: str, reference: str) -> bytes:
    """Return the rows that a code or an id may mean, as a JSON array."""
    entity = ENTITIES[kind]
    number = int(reference) if reference.isascii() and reference.isdigit() else 0
    parameters: dict[str, str | int] = {"code": reference, "id": number if number <= MAX_ID else 0}
    sql = compose(_ROWS, row=entity.event_row_sql, table=entity.rendering.name, code=Ident(entity.code))
    return await database.fetch_json(sql, parameters) or b"[]"


async def told(database: Database, kind: str, row_id: int) -> bytes:
    """Return ``rows``, the one row with an id if there is such, and a ``sequence``.

    It is later than those of the events whose changes the row shows, and earlier than those of all others. For whoever
    changes a row allocates the sequence of the event after the lock of the row, and so does this: it waits for those
    who are changing the row now, and lets the next one wait.
    """
    entity = ENTITIES[kind]
    table = entity.rendering.name
    async with database.transaction() as connection:
        await execute(connection, compose(_HOLD, table=table), {"id": row_id})
        found = await execute(connection, compose(_TOLD, table=table, row=entity.event_row_sql), {"id": row_id})
        ((rendered,),) = await found.fetchall()
    return bytes(rendered)


async def known_keys(database: Database, body: SourceKeysBody) -> bytes:
    """Return the known ones of the keys and codes, as a JSON object.

    ``keys``: each with the ``code`` of its row, and whether that ``is_deleted``. ``codes``: each with the ``keys`` that
    its row has in this base, and the other ``bases`` in which it has one.
    """
    space = KeySpace(STREAMS[body.stream], body.project_id, body.base)
    keys = space.parameters | {"keys": _storable(body.keys)}
    codes = space.parameters | {"codes": _storable(body.codes)}
    known = known_of(await database.fetch_rows(known_sql(space.entity), keys))
    holders = holders_of(await database.fetch_rows(holders_sql(space.entity), codes))
    answer = {
        "keys": {
            key: {"code": row.code, "is_deleted": row.is_deleted}
            for key, row in known.items()
            if row.row_id is not None
        },
        "codes": {
            code: {"keys": [] if row.key is None else [row.key], "bases": row.bases} for code, row in holders.items()
        },
    }
    return orjson.dumps(answer)


def _storable(texts: list[str]) -> list[str]:
    """Return the texts that PostgreSQL can hold; it knows none of the others."""
    return [text for text in texts if "\0" not in text]
