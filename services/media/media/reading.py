"""Reads one row by its id, and narrows lists by words."""

from typing import Any

from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where, escape_like
from ecatalog.entities.phrases import words_of
from ecatalog.entities.rendering import Rendering

from media.owners.service import MAX_ID


async def read_row(database: Database, rendering: Rendering, row_id: int, where: Where, **parameters: Any) -> bytes:
    """Return the live row with an id, if ``where`` leaves it; raises :class:`NotFound`."""
    where.add("t.id = {value}", row_id)
    where.add(rendering.live)
    row = None
    if row_id <= MAX_ID:
        row = await database.fetch_json(rendering.row_sql(where.sql), where.parameters | parameters)
    if row is None:
        raise NotFound
    return row


def narrow(where: Where, phrase: str, texts: str) -> None:
    """Narrow ``where`` to the rows whose ``texts``, an SQL expression, contain each word of ``phrase``."""
    for word in words_of(phrase):
        where.add(f"{texts} ilike {{value}}", f"%{escape_like(word)}%")
