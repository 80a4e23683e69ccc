"""The fields that no column takes are remembered, so that a person can see what a mapping leaves out."""

from collections.abc import Sequence
from dataclasses import asdict

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.connectors.source import SourceField

MOST_FIELDS = 2000  # of a stream: a source that invents names without end must not fill the table

_KEEP = """
    insert into source_field (integration_id, stream, name, sample, filled, last_seen)
    select %(id)s, %(stream)s, f.name, f.sample, f.filled, now()
      from json_to_recordset(%(fields)s::json) as f(name text, sample text, filled integer)
     order by f.name
        on conflict (integration_id, stream, name)
        do update set sample = excluded.sample, filled = excluded.filled, last_seen = excluded.last_seen
"""
_DROP_OLDEST = """
    delete from source_field f
     using (select name from source_field where integration_id = %(id)s and stream = %(stream)s
             order by last_seen desc, filled desc, name offset %(most)s) old
     where f.integration_id = %(id)s and f.stream = %(stream)s and f.name = old.name
"""


async def keep_fields(connection: Transaction, integration_id: int, stream: str, found: Sequence[SourceField]) -> None:
    """Keep the fields of a stream that a run could not place."""
    if not found:
        return
    key = {"id": integration_id, "stream": stream}
    fields = orjson.dumps([asdict(field) for field in found]).decode()
    await execute(connection, _KEEP, key | {"fields": fields})
    await execute(connection, _DROP_OLDEST, key | {"most": MOST_FIELDS})
