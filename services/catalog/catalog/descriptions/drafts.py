"""Keeps drafts: texts that a model wrote under review, until an editor accepts or drops them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ecatalog.caching.caches import Caches
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.sql import compose, execute
from ecatalog.entities.entity import Entity
from ecatalog.entities.filters import Where
from ecatalog.listing.paging import Page, envelope

from catalog import rows
from catalog.descriptions import views
from catalog.descriptions.wanted import has_status
from catalog.rows import Connection
from catalog.store import Store

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


class Drafts:
    """The drafts of one kind."""

    def __init__(self, entity: Entity, store: Store) -> None:
        self._entity = entity
        self._store = store

    async def page(self, database: Database, seen: Where, query: Mapping[str, str], url: str) -> bytes:
        """Return the page that ``query`` asks for of those that wait, oldest first."""
        page = Page.of({name: value for name, value in query.items() if name != "cursor"})
        count = await database.fetch_value(views.count_drafts(self._entity, seen.sql), seen.parameters)
        skipped = page.skipped(count)
        parameters = seen.parameters | {"limit": page.size, "offset": skipped}
        found = await database.fetch_rows(views.drafts(self._entity, seen.sql), parameters)
        results = b"[" + b",".join(shown for (shown,) in found) + b"]"
        return envelope(page, count, skipped, url, results)

    async def has_row(self, database: Database, where: Where) -> bool:
        """Return whether what looks like a draft's path is the code of a row."""
        sql = compose("select 1 from {table} t where {where} limit 1", table=self._entity.name, where=where.sql)
        return await database.fetch_row(sql, where.parameters) is not None

    async def show(self, database: Database, where: Where) -> bytes:
        row_id = await self._store.row_id(database, where)
        found = await database.fetch_json(views.draft(self._entity, "t.id = %(id)s"), {"id": row_id})
        if found is None:
            raise NotFound
        return found

    async def accept(self, database: Database, caches: Caches, where: Where, base: str) -> bytes:
        """Make the draft the description of the row, and return the row."""
        row_id = await self._store.row_id(database, where)
        try:
            async with database.connection() as connection, connection.transaction():
                return await self._accept(connection, row_id, base)
        finally:
            caches.invalidate(self._entity.name)

    async def _accept(self, connection: Connection, row_id: int, base: str) -> bytes:
        about = [self._entity.name, row_id]
        draft = await (await execute(connection, _HOLD, about)).fetchone()
        values = {"description": draft[0]} if draft else {}
        if has_status(self._entity):
            values |= {"enrichment_status": "COMPLETED", "last_enriched_at": datetime.now(UTC).isoformat()}
        where = Where()
        where.add("t.id = {value}", row_id)
        shown = await rows.update(connection, self._store.entity, where, values, base) if draft else None
        if shown is None:
            raise NotFound
        await execute(connection, _REPLACED, about)
        await execute(connection, _ACCEPTED, about)
        return shown

    async def drop(self, database: Database, caches: Caches, where: Where) -> None:
        row_id = await self._store.row_id(database, where)
        try:
            async with database.connection() as connection, connection.transaction():
                dropped = await execute(connection, _DROPPED, [self._entity.name, row_id])
                if not dropped.rowcount:
                    raise NotFound
                if has_status(self._entity):
                    await execute(connection, _BACK, [row_id])
        finally:
            caches.invalidate(self._entity.name)
