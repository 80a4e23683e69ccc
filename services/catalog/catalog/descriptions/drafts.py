"""Keeps drafts: texts that a model wrote under review, until an editor accepts or drops them."""

from datetime import UTC, datetime

from ecatalog.caching.caches import Caches
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import Connection, compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.listing.list_request import ListRequest
from ecatalog.listing.paging import Page, envelope

from catalog.descriptions import views
from catalog.descriptions.wanted import has_status
from catalog.entities.service import RowPath, row_id
from catalog.upsert.engine import change_one

SUFFIX = "/description-draft"

_HOLD = "select description from generated_description where kind = %s and row_id = %s and is_draft for update"
_REPLACED = "delete from generated_description where kind = %s and row_id = %s and not is_draft"
_ACCEPTED = "update generated_description set is_draft = false where kind = %s and row_id = %s and is_draft"
_DROPPED = "delete from generated_description where kind = %s and row_id = %s and is_draft"
_BACK = """
    update nomenklatura t
       set enrichment_status = case when t.last_enriched_at is null then 'PENDING' else 'COMPLETED' end
     where t.id = %s and t.enrichment_status = 'IN_PROGRESS'
       and not exists (select from description_claim c where c.kind = 'nomenklatura' and c.row_id = t.id)
"""


async def page(database: Database, entity: Entity, asked: ListRequest, visible: Where) -> bytes:
    """Return a page of the drafts that wait, oldest first."""
    request = Page.of({name: value for name, value in asked.query.items() if name != "cursor"})
    count = await database.fetch_value(views.count_drafts(entity, visible.sql), visible.parameters)
    skipped = request.skipped(count)
    parameters = visible.parameters | {"limit": request.size, "offset": skipped}
    found = await database.fetch_rows(views.drafts(entity, visible.sql), parameters)
    results = b"[" + b",".join(shown for (shown,) in found) + b"]"
    return envelope(request, count, skipped, asked.url, results)


async def is_code(database: Database, entity: Entity, path: RowPath) -> bool:
    """Return whether what looks like a draft's path is the code of a row."""
    where = path.select(entity)
    sql = compose("select 1 from {table} t where {where} limit 1", table=entity.name, where=where.sql)
    return await database.fetch_row(sql, where.parameters) is not None


async def show(database: Database, entity: Entity, path: RowPath) -> bytes:
    """Return the draft of the row that a path means."""
    about = {"id": await row_id(database, entity, path)}
    found = await database.fetch_json(views.draft(entity, "t.id = %(id)s"), about)
    if found is None:
        raise NotFound
    return found


async def accept(database: Database, caches: Caches, entity: Entity, path: RowPath, base: str) -> bytes:
    """Return the row, with the draft as its description."""
    row = await row_id(database, entity, path)
    try:
        async with database.transaction() as connection:
            return await _accept(connection, entity, row, base)
    finally:
        caches.invalidate(entity.name)


async def _accept(connection: Connection, entity: Entity, row: int, base: str) -> bytes:
    about = [entity.name, row]
    draft = await (await execute(connection, _HOLD, about)).fetchone()
    values = {"description": draft[0]} if draft else {}
    if has_status(entity):
        values |= {"enrichment_status": "COMPLETED", "last_enriched_at": datetime.now(UTC).isoformat()}
    where = Where()
    where.add("t.id = {value}", row)
    shown = await change_one(connection, entity, where, values, base) if draft else None
    if shown is None:
        raise NotFound
    await execute(connection, _REPLACED, about)
    await execute(connection, _ACCEPTED, about)
    return shown


async def drop(database: Database, caches: Caches, entity: Entity, path: RowPath) -> None:
    """Delete the draft of the row that a path means."""
    row = await row_id(database, entity, path)
    try:
        async with database.transaction() as connection:
            dropped = await execute(connection, _DROPPED, [entity.name, row])
            if not dropped.rowcount:
                raise NotFound
            if has_status(entity):
                await execute(connection, _BACK, [row])
    finally:
        caches.invalidate(entity.name)
