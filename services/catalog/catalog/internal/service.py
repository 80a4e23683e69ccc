"""Looks up rows for the other services, which ask for one that they do not know yet."""

from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, execute

from catalog.entities.registry import ENTITIES

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
