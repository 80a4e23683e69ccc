"""Looks up rows for the other services, which ask for one that they do not know yet."""

from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose

from catalog.entities.registry import ENTITIES

_ROWS = """
    select coalesce(json_agg(r.row order by r.id), '[]'::json)
      from (
          select t.id, {row} as row from {table} t where t.{code} = %(code)s or t.id = %(id)s order by t.id limit 100
      ) r
"""
MAX_ID = 2**63 - 1


async def meant(database: Database, kind: str, reference: str) -> bytes:
    """Return the rows that a code or an id may mean, as a JSON array."""
    entity = ENTITIES[kind]
    number = int(reference) if reference.isascii() and reference.isdigit() else 0
    parameters: dict[str, str | int] = {"code": reference, "id": number if number <= MAX_ID else 0}
    sql = compose(_ROWS, row=entity.event_row_sql, table=entity.rendering.name, code=Ident(entity.code))
    return await database.fetch_json(sql, parameters) or b"[]"
